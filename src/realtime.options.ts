import type { Type } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import type { Authenticator } from './auth/authenticator';
import type { JwtAlgorithm, JwtKeyLookup } from './auth/jwt-key';
import type { RoomPolicy } from './auth/room-policy';
import type { Backplane } from './backplane/backplane';
import type { ReplyStore } from './gateway/reply-store';

export interface AuthOptions {
  /** HS256 secret, at least 32 bytes. One of `secret`, `publicKey`, `keys` and `authenticator` is required. */
  secret?: string | Buffer | KeyObject;
  /** Public key (PEM or KeyObject) for RS, PS and ES algorithms. */
  publicKey?: string | Buffer | KeyObject;
  /** Looks a key up by the token's `kid`, for instance in a JWKS. */
  keys?: JwtKeyLookup;
  /** Replaces JWT: API keys, sessions. A class is taken from the host's providers. */
  authenticator?: Authenticator | Type<Authenticator>;
  /** @default ['HS256'] with `secret`; required with `publicKey` and `keys`. */
  algorithms?: JwtAlgorithm[];
  issuer?: string | string[];
  audience?: string | string[];
  /** Clock difference tolerated in `exp` and `nbf`, seconds. @default 0 */
  clockToleranceSeconds?: number;
  /** Accept sockets without credentials and wait for an `authenticate` frame. @default true */
  deferred?: boolean;
  /** How long such a socket may take. @default 10_000 */
  deferredTimeoutMs?: number;
  /** How long before `exp` the client is told `auth_expiring`. @default 60_000 */
  expiringNoticeMs?: number;
  /** Name of the cookie that may hold the token. @default 'access_token' */
  cookie?: string;
  /** Verified tokens remembered until they expire; 0 verifies each time. @default 10_000 */
  cachedTokens?: number;
}

/** `'same'`: the origin's host must be the request's; `'*'`: any; or a list; or a function. */
export type OriginRule = 'same' | '*' | (string | RegExp)[] | ((origin: string) => boolean);

export interface HistoryLimits {
  /** Publications kept per room; 0 keeps none, and the room's publications carry no offset. @default 1000 */
  maxPublications: number;
  /** How long a publication is kept. @default 86_400_000 (24 h) */
  maxAgeMs: number;
}

export interface RoomKindOptions {
  maxMembers?: number;
  history?: Partial<HistoryLimits>;
}

export interface Bucket {
  perSecond: number;
  burst: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The defaults of every group that has them all. */
export const DEFAULTS = {
  /** Limits on connections. `trustedProxies`: how many proxies before us append to `X-Forwarded-For`. */
  connections: {
    max: 20_000,
    maxPerUser: 20,
    maxPerAddress: 100,
    trustedProxies: 0,
    /** From TCP connect to a complete request, and again from there to the 101. */
    handshakeTimeoutMs: 10_000,
    maxMessageBytes: 512 * KIB,
    maxFragments: 1024,
  },
  heartbeat: { intervalMs: 30_000, timeoutMs: 60_000 },
  /** Frames waiting for the one being handled; full: the socket is not read. */
  inbox: { maxFrames: 64, maxBytes: MIB, handlerTimeoutMs: 30_000 },
  /** Frames waiting for a client that reads slowly; over it: volatile ones are dropped, then close 4008. */
  outbox: { maxFrames: 256, maxBytes: MIB },
  /**
   * Token bucket per connection. `cost` by command, 1 where not named. `floodFrames`: refused frames, forgotten at
   * `perSecond`, after which the connection is closed with 4029.
   */
  rateLimit: {
    perSecond: 10,
    burst: 20,
    floodFrames: 100,
    cost: {} as Record<string, number>,
    perUser: undefined as Bucket | undefined,
  },
  /** Malformed frames within the window, at which the connection is closed with 4500. */
  errorBudget: { malformedFrames: 5, windowMs: 10 * MINUTE },
  rooms: {
    policy: undefined as RoomPolicy | Type<RoomPolicy> | undefined,
    /** Rooms one connection may join, its own user room not counted. */
    maxPerConnection: 128,
    /** Connections in one room. */
    maxMembers: 20_000,
  },
  history: { maxPublications: 1000, maxAgeMs: 24 * HOUR, maxTotalBytes: 256 * MIB },
  /** How long, and how many, replies are kept for a repeated `message_id`. */
  idempotency: { windowMs: 5 * MINUTE, maxReplies: 100_000, maxBytes: 32 * MIB },
  /** `windowMs`: the reconnects of all clients are spread over it. `flushMs`: wait for handlers and slow readers. */
  drain: { windowMs: 30_000, flushMs: 5_000 },
  events: { naming: 'dot' as 'dot' | 'snake' },
};

type Groups = typeof DEFAULTS;

export type RealtimeModuleOptions = { [Group in keyof Groups]?: Partial<Groups[Group]> } & {
  /** Where clients connect; `<path>/connect` is the same endpoint. @default '/ws' */
  path?: string;
  auth: AuthOptions;
  /** Which browser origins may connect. @default 'same' */
  origins?: OriginRule;
  /** Exceptions by room kind (what stands before the colon). */
  kinds?: Record<string, RoomKindOptions>;
  /** @default new MemoryBackplane() */
  backplane?: Backplane;
  /** Where replies wait for a repeated `message_id`. @default new MemoryReplyStore() */
  replies?: ReplyStore;
};

export type ResolvedAuthOptions = AuthOptions &
  Required<Pick<AuthOptions, 'deferred' | 'deferredTimeoutMs' | 'expiringNoticeMs' | 'cookie' | 'cachedTokens'>> & {
    clockToleranceSeconds: number;
    algorithms: JwtAlgorithm[];
  };

/** The options, complete and checked; injectable by this class. */
export class RealtimeOptions {
  readonly path: string;
  readonly auth: Readonly<ResolvedAuthOptions>;
  readonly origins: OriginRule;
  readonly kinds: Readonly<Record<string, RoomKindOptions>>;
  readonly connections: Readonly<Groups['connections']>;
  readonly heartbeat: Readonly<Groups['heartbeat']>;
  readonly inbox: Readonly<Groups['inbox']>;
  readonly outbox: Readonly<Groups['outbox']>;
  readonly rateLimit: Readonly<Groups['rateLimit']>;
  readonly errorBudget: Readonly<Groups['errorBudget']>;
  readonly rooms: Readonly<Groups['rooms']>;
  readonly history: Readonly<Groups['history']>;
  readonly idempotency: Readonly<Groups['idempotency']>;
  readonly drain: Readonly<Groups['drain']>;
  readonly events: Readonly<Groups['events']>;

  /** @throws Error naming the option, what it got, and what to try. */
  constructor(given: RealtimeModuleOptions) {
    if (!given?.auth) fail('auth', 'is missing', 'Try auth: { secret: process.env.JWT_SECRET }.');
    this.path = checkPath(given.path ?? '/ws');
    this.auth = resolveAuth(given.auth);
    this.origins = given.origins ?? 'same';
    this.kinds = given.kinds ?? {};
    this.connections = resolve('connections', given);
    this.heartbeat = resolve('heartbeat', given);
    this.inbox = resolve('inbox', given);
    this.outbox = resolve('outbox', given);
    this.rateLimit = resolve('rateLimit', given);
    this.errorBudget = resolve('errorBudget', given);
    this.rooms = resolve('rooms', given);
    this.history = resolve('history', given);
    this.idempotency = resolve('idempotency', given);
    this.drain = resolve('drain', given);
    this.events = resolve('events', given);
    if (this.heartbeat.timeoutMs <= this.heartbeat.intervalMs) {
      fail('heartbeat.timeoutMs', `(${this.heartbeat.timeoutMs}) must be longer than intervalMs`, 'Try twice as long.');
    }
    checkUnknown(given);
  }

  get paths(): readonly string[] {
    return [this.path, `${this.path === '/' ? '' : this.path}/connect`];
  }

  historyOf(kind: string): HistoryLimits {
    return { ...this.history, ...this.kinds[kind]?.history };
  }

  maxMembersOf(kind: string): number {
    return this.kinds[kind]?.maxMembers ?? this.rooms.maxMembers;
  }
}

function resolve<Group extends keyof Groups>(group: Group, given: RealtimeModuleOptions): Readonly<Groups[Group]> {
  const known: object = DEFAULTS[group];
  const defined = Object.entries(given[group] ?? {}).filter(([, value]) => value !== undefined);
  for (const [name, value] of defined) {
    const key = `${group}.${name}`;
    if (!(name in known)) fail(key, 'is not an option', `Known: ${Object.keys(known).join(', ')}.`);
    if (typeof known[name as keyof object] === 'number') checkNumber(key, value);
  }
  return Object.freeze(Object.assign({}, DEFAULTS[group], Object.fromEntries(defined)));
}

function checkNumber(key: string, value: unknown): void {
  if (typeof value !== 'number' || !(value >= 0)) fail(key, `must be a number, 0 or more, got ${show(value)}`);
}

function checkUnknown(given: RealtimeModuleOptions): void {
  const known = [...Object.keys(DEFAULTS), 'path', 'auth', 'origins', 'kinds', 'backplane', 'replies'];
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown) fail(unknown, 'is not an option', `Known: ${known.join(', ')}.`);
}

function checkPath(path: string): string {
  if (!path.startsWith('/')) fail('path', `must start with '/', got ${show(path)}`, `Try '/${path}'.`);
  if (path.length > 1 && path.endsWith('/')) {
    fail('path', `must not end with '/', got ${show(path)}`, `Try ${show(path.replace(/\/+$/, ''))}.`);
  }
  return path;
}

function resolveAuth(auth: AuthOptions): ResolvedAuthOptions {
  const sources = (['secret', 'publicKey', 'keys', 'authenticator'] as const).filter(
    (name) => auth[name] !== undefined,
  );
  if (sources.length !== 1) {
    const got = sources.length ? sources.join(' and ') : 'none (is the environment variable set?)';
    fail('auth', `takes exactly one of secret, publicKey, keys and authenticator, got ${got}`);
  }
  checkSecret(auth.secret);
  if ((auth.publicKey || auth.keys) && !auth.algorithms?.length) {
    fail('auth.algorithms', 'is required with publicKey and keys', "Try ['RS256'].");
  }
  if (auth.algorithms?.some((name) => !/^(HS|RS|PS|ES)(256|384|512)$/.test(name))) {
    fail('auth.algorithms', `may hold HS, RS, PS and ES algorithms, got ${show(auth.algorithms)}`);
  }
  return {
    ...auth,
    algorithms: auth.algorithms ?? ['HS256'],
    clockToleranceSeconds: auth.clockToleranceSeconds ?? 0,
    deferred: auth.deferred ?? true,
    deferredTimeoutMs: auth.deferredTimeoutMs ?? 10_000,
    expiringNoticeMs: auth.expiringNoticeMs ?? MINUTE,
    cookie: auth.cookie ?? 'access_token',
    cachedTokens: auth.cachedTokens ?? 10_000,
  };
}

function checkSecret(secret: AuthOptions['secret']): void {
  if (secret === undefined) return;
  const bytes = typeof secret === 'string' ? Buffer.byteLength(secret) : byteLength(secret);
  if (bytes < 32) fail('auth.secret', `must be at least 32 bytes, got ${bytes}`, 'Try `openssl rand -base64 48`.');
}

function byteLength(secret: Buffer | KeyObject): number {
  return Buffer.isBuffer(secret) ? secret.length : (secret.symmetricKeySize ?? 0);
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
}

function fail(option: string, problem: string, hint = ''): never {
  throw new Error(`RealtimeModule: option ${option} ${problem}.${hint && ` ${hint}`}`);
}
