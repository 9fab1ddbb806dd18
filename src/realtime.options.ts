import type { Type } from '@nestjs/common';
import type { Audit } from './audit/audit';
import { AuthOptions, resolveAuth, ResolvedAuthOptions } from './auth/auth.options';
import { checkNames, checkNumber, InvalidOption, show } from './auth/invalid-option';
import { checkOrigins, OriginRule } from './auth/origin-rule';
import type { RoomPolicy } from './auth/room-policy';
import type { Backplane } from './backplane/backplane';
import { checkUrl, DOCUMENTS } from './documents/documents.options';
import type { ReplyStore } from './gateway/reply-store';
import type { Storage } from './storage/storage';
import type { UserLimits } from './gateway/user-limits';

export type { AuthOptions } from './auth/auth.options';
export type { OriginRule } from './auth/origin-rule';

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
  /**
   * What was stored and is not published after this long, for instance because a process died, is published by whichever
   * node finds it first; every node looks this often.
   */
  chat: { relayAfterMs: 3_000 },
  /** What waits for a user who is away or does not acknowledge it; the oldest go first. */
  mailbox: { maxMessages: 1000, maxAgeMs: 24 * HOUR },
  /**
   * Channels. `rest`: whether `/api/v1/websocket/channels` is served. `maxPerUser`: how many one user may own.
   * `maxMembers` and `maxBans`: of one channel. `passwordAttemptsPerMinute`: of one user at one channel.
   */
  channels: { rest: true, maxPerUser: 100, maxMembers: 10_000, maxBans: 10_000, passwordAttemptsPerMinute: 5 },
  /**
   * The record of who connected, joined and chatted, in the storage; `sink` takes it instead.
   * an entry, written behind, 200 ms later. Without storage and sink there is none.
   */
  audit: { enabled: true, retentionMs: 90 * 24 * HOUR, sink: undefined as Audit | undefined },
  /**
   * permessage-deflate without context takeover: publications of 1 KiB and more are compressed once for all who take
   * it. Costs memory and CPU for each frame that comes in compressed.
   */
  compression: { enabled: false },
  /** The AsyncAPI document. */
  documents: DOCUMENTS,
};

type Groups = typeof DEFAULTS;

/** The options that are no group of defaults. */
const OTHERS = ['path', 'auth', 'origins', 'kinds', 'backplane', 'replies', 'storage', 'userLimits'];

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
  /**
   * Where chat and mailboxes are kept. `false`: nowhere; messages go into the rooms' streams only. One that is given is closed with the
   * application. @default new SqliteStorage({ file: 'realtime.sqlite' }), in the working directory
   */
  storage?: Storage | false;
  /** Where `rateLimit.perUser` is counted. @default new MemoryUserLimits() */
  userLimits?: UserLimits;
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
  readonly chat: Readonly<Groups['chat']>;
  readonly channels: Readonly<Groups['channels']>;
  readonly mailbox: Readonly<Groups['mailbox']>;
  readonly audit: Readonly<Groups['audit']>;
  readonly compression: Readonly<Groups['compression']>;
  readonly documents: Readonly<Groups['documents']>;
  /** Of the kinds that have limits of their own; asked for at every publication. */
  readonly #historyOf: ReadonlyMap<string, HistoryLimits>;

  /** @throws InvalidOption */
  constructor(given: RealtimeModuleOptions) {
    if (!given?.auth) throw new InvalidOption('auth', 'is missing', 'Try auth: { secret: process.env.JWT_SECRET }.');
    checkNames('', given, [...Object.keys(DEFAULTS), ...OTHERS]);
    this.path = checkPath(given.path ?? '/ws');
    this.auth = resolveAuth(given.auth);
    this.origins = checkOrigins(given.origins ?? 'same');
    this.kinds = checkKinds(given.kinds ?? {});
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
    this.chat = resolve('chat', given);
    this.channels = resolve('channels', given);
    this.mailbox = resolve('mailbox', given);
    this.audit = resolve('audit', given);
    this.compression = resolve('compression', given);
    this.documents = resolve('documents', given);
    const kinds = Object.entries(this.kinds);
    this.#historyOf = new Map(kinds.map(([kind, { history }]) => [kind, { ...this.history, ...history }]));
    this.#checkTogether();
  }

  get paths(): readonly string[] {
    return [this.path, `${this.path === '/' ? '' : this.path}/connect`];
  }

  historyOf(kind: string): HistoryLimits {
    return this.#historyOf.get(kind) ?? this.history;
  }

  maxMembersOf(kind: string): number {
    return this.#kind(kind)?.maxMembers ?? this.rooms.maxMembers;
  }

  /** Clients name the kinds: `constructor` is none of ours. */
  #kind(kind: string): RoomKindOptions | undefined {
    return Object.hasOwn(this.kinds, kind) ? this.kinds[kind] : undefined;
  }

  #checkTogether(): void {
    const { heartbeat, rateLimit, events } = this;
    if (heartbeat.timeoutMs <= heartbeat.intervalMs) {
      const problem = `(${heartbeat.timeoutMs}) must be longer than intervalMs`;
      throw new InvalidOption('heartbeat.timeoutMs', problem, 'Try twice as long.');
    }
    for (const [type, cost] of Object.entries(rateLimit.cost)) checkNumber(`rateLimit.cost.${type}`, cost);
    if (rateLimit.perUser) checkBucket('rateLimit.perUser', rateLimit.perUser);
    checkBucket('rateLimit', rateLimit);
    checkUrl(this.documents.url);
    if (!['dot', 'snake'].includes(events.naming)) {
      throw new InvalidOption('events.naming', `must be 'dot' or 'snake', got ${show(events.naming)}`);
    }
  }
}

/** What a timer, or a size in `ws`, can hold. */
const MAX_INT = 2 ** 31 - 1;

/** Where 0 would serve nobody, or be taken for "without limit", and so would what does not fit an integer. */
const POSITIVE: ReadonlySet<string> = new Set([
  ...['connections.handshakeTimeoutMs', 'connections.maxMessageBytes', 'connections.maxFragments'],
  ...['heartbeat.intervalMs', 'inbox.maxFrames', 'inbox.maxBytes', 'inbox.handlerTimeoutMs'],
  ...['outbox.maxFrames', 'outbox.maxBytes', 'errorBudget.windowMs'],
  ...['idempotency.windowMs', 'idempotency.maxReplies', 'idempotency.maxBytes', 'chat.relayAfterMs'],
  ...['mailbox.maxMessages', 'mailbox.maxAgeMs'],
]);

function resolve<Group extends keyof Groups>(group: Group, given: RealtimeModuleOptions): Readonly<Groups[Group]> {
  const defined = Object.entries(given[group] ?? {}).filter(([, value]) => value !== undefined);
  checkNames(group, Object.fromEntries(defined), Object.keys(DEFAULTS[group]));
  for (const [name, value] of defined) {
    if (typeof DEFAULTS[group][name as keyof Groups[Group]] !== 'number') continue;
    const option = `${group}.${name}`;
    if (POSITIVE.has(option)) checkNumber(option, value, 1, MAX_INT);
    else checkNumber(option, value);
  }
  return Object.freeze(Object.assign({}, DEFAULTS[group], Object.fromEntries(defined)));
}

function checkBucket(option: string, { perSecond, burst }: Bucket): void {
  checkNumber(`${option}.perSecond`, perSecond);
  if (perSecond === 0) throw new InvalidOption(`${option}.perSecond`, 'must be more than 0', 'Try 0.1.');
  checkNumber(`${option}.burst`, burst, 1);
}

function checkPath(path: string): string {
  if (!path.startsWith('/'))
    throw new InvalidOption('path', `must start with '/', got ${show(path)}`, `Try '/${path}'.`);
  if (path.length > 1 && path.endsWith('/')) {
    const hint = `Try ${show(path.replace(/\/+$/, '') || '/')}.`;
    throw new InvalidOption('path', `must not end with '/', got ${show(path)}`, hint);
  }
  if (!/^\/([\w.~-]+(\/[\w.~-]+)*)?$/.test(path)) {
    throw new InvalidOption('path', `may hold letters, digits and . _ ~ - between its '/', got ${show(path)}`);
  }
  return path;
}

function checkKinds(kinds: Record<string, RoomKindOptions>): Record<string, RoomKindOptions> {
  for (const [kind, { maxMembers, history = {}, ...rest }] of Object.entries(kinds)) {
    checkNames(`kinds.${kind}`, rest, ['maxMembers', 'history']);
    checkNames(`kinds.${kind}.history`, history, ['maxPublications', 'maxAgeMs']);
    if (maxMembers !== undefined) checkNumber(`kinds.${kind}.maxMembers`, maxMembers);
    for (const [name, value] of Object.entries(history)) checkNumber(`kinds.${kind}.history.${name}`, value);
  }
  return kinds;
}
