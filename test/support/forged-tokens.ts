import { createHmac, generateKeyPairSync, KeyObject, sign } from 'node:crypto';
import { SECRET } from './tokens';

type Signer = (input: string) => Buffer;

export const base64 = (value: string | Buffer): string => Buffer.from(value).toString('base64url');

export const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;

/** A token of any header and any payload, signed by whoever. A string is taken as JSON text. */
export function forge(header: object, payload: unknown, signer: Signer = hs256()): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const input = `${base64(JSON.stringify({ typ: 'JWT', ...header }))}.${base64(text)}`;
  return `${input}.${base64(signer(input))}`;
}

/** A token of these claims that is good but for them. */
export function withClaims(claims: object): string {
  return forge({ alg: 'HS256' }, { sub: 'mallory', exp: inAnHour(), ...claims });
}

export function hs256(secret: string | Buffer = SECRET, hash = 'sha256'): Signer {
  return (input) => createHmac(hash, secret).update(input).digest();
}

export function rs256(key: KeyObject): Signer {
  return (input) => sign('sha256', Buffer.from(input), key);
}

export function es256(key: KeyObject): Signer {
  return (input) => sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
}

/** A key pair, its public half also as PEM. */
export function rsaKeys() {
  return withPem(generateKeyPairSync('rsa', { modulusLength: 2048 }));
}

export function ecKeys() {
  return withPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
}

function withPem({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }) {
  return { publicKey, privateKey, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}
