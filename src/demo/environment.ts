import { isIP } from 'node:net';

/** Injects the environment. */
export const ENVIRONMENT = Symbol('environment');

/** What keeps the demo from starting: its message is all the user needs, so it is shown without a stack. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

interface Variable<Value> {
  readonly meaning: string;
  /** What holds when the variable is left out or empty. */
  readonly fallback?: string;
  /** What a value must be, in words. */
  readonly rule: string;
  /** The value of a text, or nothing where the text breaks the rule. */
  readonly read: (text: string) => Value | undefined;
  /** Messages do not repeat it. */
  readonly secret?: true;
}

const MIN_SECRET_BYTES = 32;

/** Every environment variable the demo knows. */
export const VARIABLES = {
  PORT: wholeNumber(0, 65_535, '3000', 'Port to listen on; 0 takes a free one'),
  HOST: {
    meaning: 'Address to listen on',
    fallback: '127.0.0.1',
    rule: 'an address or a host name',
    read: (text: string) => (isIP(text) || /^[A-Za-z0-9.-]{1,253}$/.test(text) ? text : undefined),
  },
  JWT_SECRET: {
    meaning: 'Signs and verifies tokens (HS256); left out, one is drawn at the first start and kept in `DATA_DIR`',
    rule: `at least ${MIN_SECRET_BYTES} bytes, as from \`openssl rand -base64 48\``,
    read: (text: string) => (Buffer.byteLength(text) >= MIN_SECRET_BYTES ? text : undefined),
    secret: true,
  },
  DATA_DIR: {
    meaning: 'Directory for what the demo keeps',
    fallback: '.data',
    rule: 'a path',
    read: (text: string) => (text.includes('\0') ? undefined : text),
  },
  ORIGINS: {
    meaning: 'Browser origins that may connect: `same`, `*`, or a list separated by commas',
    fallback: 'same',
    rule: "'same', '*', or origins such as https://app.example.com, separated by commas",
    read: readOrigins,
  },
  RATE_PER_SECOND: wholeNumber(1, 1_000_000, '10', 'Frames a connection may send per second'),
  RATE_BURST: wholeNumber(1, 1_000_000, '20', 'Frames it may send at once'),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000, '20000', 'WebSocket connections in all'),
  MAX_CONNECTIONS_PER_USER: wholeNumber(1, 1_000_000, '20', 'WebSocket connections of one user'),
  MAX_CONNECTIONS_PER_ADDRESS: wholeNumber(1, 1_000_000, '100', 'WebSocket connections from one address'),
  HISTORY_SIZE: wholeNumber(0, 100_000, '1000', 'Events kept per room for clients that come back; 0 keeps none'),
  NODE_ENV: {
    meaning: '`production` refuses `POST /api/login` and prints no token',
    fallback: 'development',
    rule: 'a word',
    read: (text: string) => (/^\w+$/.test(text) ? text : undefined),
  },
} satisfies Record<string, Variable<unknown>>;

type Variables = typeof VARIABLES;

type Value<V> = V extends Variable<infer T> ? (V extends { fallback: string } ? NonNullable<T> : T | undefined) : never;

/** The environment, complete and checked. */
export type Environment = { readonly [Name in keyof Variables]: Value<Variables[Name]> };

/** @throws EnvironmentError naming the variable, its rule, and what it got */
export function readEnvironment(source: NodeJS.ProcessEnv): Environment {
  const variables: [string, Variable<unknown>][] = Object.entries(VARIABLES);
  const values = variables.map(([name, variable]) => [name, valueOf(name, variable, source[name])]);
  return Object.fromEntries(values) as Environment;
}

function valueOf<T>(name: string, { fallback, rule, read, secret }: Variable<T>, given: string | undefined) {
  const text = given || fallback;
  if (text === undefined) return undefined;
  const value = read(text);
  if (value !== undefined) return value;
  throw new EnvironmentError(
    `${name} must be ${rule}, got ${secret ? `${Buffer.byteLength(text)} bytes` : `'${text}'`}`,
  );
}

function wholeNumber(min: number, max: number, fallback: string, meaning: string) {
  const read = (text: string): number | undefined => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    return number >= min && number <= max ? number : undefined;
  };
  return { meaning, fallback, rule: `a whole number from ${min} to ${max}`, read };
}

function readOrigins(text: string): 'same' | '*' | string[] | undefined {
  if (text === 'same' || text === '*') return text;
  const origins = text.split(',').map((origin) => origin.trim());
  return origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin) ? origins : undefined;
}
