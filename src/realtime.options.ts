import { checkAdmin } from './admin/admin.options';
import { AuthOptions, resolveAuth, ResolvedAuthOptions } from './auth/auth.options';
import { checkBoolean, checkNames, checkNumber, checkObject, InvalidOption, show } from './auth/invalid-option';
import type { Backplane, Retention } from './backplane/backplane';
import { checkOrigins, checkPath, OriginRule } from './endpoint.options';
import { checkUrl } from './documents/documents.options';
import type { ReplyStore } from './gateway/reply-store';
import { checkHealth, checkMetrics } from './metrics/metrics.options';
import type { Nodes } from './nodes/nodes';
import { EVERYONE, RoomName, roomKind } from './protocol/room-name';
import { RedisConnections } from './redis/redis-connections';
import { checkRole, NOBODY, Role } from './role.options';
import { Bucket, DEFAULTS, Groups } from './realtime.defaults';
import { checkParts } from './part.options';
import { checkKinds, HistoryLimits, RoomKindOptions } from './room-kind.options';
import type { Storage } from './storage/storage';
import type { UserLimits } from './gateway/user-limits';

export type { AuthOptions } from './auth/auth.options';
export type { OriginRule } from './endpoint.options';
export { DEFAULTS } from './realtime.defaults';
export type { Bucket } from './realtime.defaults';
export type { HistoryLimits, RoomKindOptions } from './room-kind.options';

/** The options that are no group of defaults. */
const OTHERS = [
  'path',
  'role',
  'auth',
  'origins',
  'kinds',
  'redis',
  'backplane',
  'replies',
  'storage',
  'userLimits',
  'nodes',
];

const NO_HISTORY = { maxPublications: 0, maxAgeMs: 0 };

export type RealtimeModuleOptions = { [Group in keyof Groups]?: Partial<Groups[Group]> } & {
  /** Where clients connect; `<path>/connect` is the same endpoint. @default '/ws' */
  path?: string;
  auth: AuthOptions;
  /** Which browser origins may connect. @default 'same' */
  origins?: OriginRule;
  /** Exceptions by room kind (what stands before the colon). */
  kinds?: Record<string, RoomKindOptions>;
  /**
   * What all nodes share: where it is given, the adapters below are those for Redis, each unless another one is given. It
   * is closed with the application. @default undefined: a process that knows of no other
   */
  redis?: RedisConnections;
  /** @default new RedisBackplane(redis), or new MemoryBackplane() */
  backplane?: Backplane;
  /** Where replies wait for a repeated `message_id`. @default new RedisReplyStore(redis), or in memory */
  replies?: ReplyStore;
  /**
   * Where chat and mailboxes are kept. `false`: nowhere; messages go into the rooms' streams only. One that is given is closed with the
   * application. @default new SqliteStorage({ file: 'realtime.sqlite' }), in the working directory
   */
  storage?: Storage | false;
  /** Where `rateLimit.perUser` and `channels.requests` are counted. @default new RedisUserLimits(redis), or in memory */
  userLimits?: UserLimits;
  /** How nodes act together: for `RoomsService`, and channels. @default new RedisNodes(redis), or this process alone */
  nodes?: Nodes;
};

/** What a role takes of them is checked by `checkRole`. */
export type GivenOptions = Partial<RealtimeModuleOptions> & { role?: Role };

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
  readonly presence: Readonly<Groups['presence']>;
  readonly audit: Readonly<Groups['audit']>;
  readonly compression: Readonly<Groups['compression']>;
  /** Left out: there is no admin API. */
  readonly admin: Readonly<Groups['admin']> | undefined;
  readonly metrics: Readonly<Groups['metrics']>;
  readonly health: Readonly<Groups['health']>;
  readonly documents: Readonly<Groups['documents']>;
  readonly tracing: Readonly<Groups['tracing']>;
  /** Of the kinds that have limits of their own; asked for at every publication. */
  readonly #historyOf: ReadonlyMap<string, HistoryLimits>;

  /** @throws InvalidOption */
  constructor(given: GivenOptions, role: Role = 'node') {
    checkRole(given ?? {}, role);
    checkNames('', given, [...Object.keys(DEFAULTS), ...OTHERS]);
    this.path = checkPath(given.path ?? '/ws');
    // Nobody shows an emitter a token.
    this.auth = resolveAuth(role === 'emitter' ? { authenticator: NOBODY } : given.auth!);
    checkRedis(given.redis);
    checkParts(given);
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
    this.presence = resolve('presence', given);
    this.audit = resolve('audit', given);
    this.compression = resolve('compression', given);
    this.tracing = resolve('tracing', given);
    this.admin = given.admin && checkAdmin(resolve('admin', given));
    this.metrics = checkMetrics(resolve('metrics', given));
    this.health = checkHealth(resolve('health', given));
    this.documents = resolve('documents', given);
    const kinds = Object.entries(this.kinds);
    this.#historyOf = new Map(kinds.map(([kind, { history }]) => [kind, { ...this.history, ...history }]));
    this.#checkTogether();
  }

  get paths(): readonly string[] {
    return [this.path, `${this.path === '/' ? '' : this.path}/connect`];
  }

  /** What the rooms' streams may keep. */
  get retention(): Retention {
    return {
      // No client could name the position of what goes to everyone.
      limitsOf: (room: RoomName) => (room === EVERYONE ? NO_HISTORY : this.historyOf(roomKind(room))),
      maxTotalBytes: this.history.maxTotalBytes,
    };
  }

  historyOf(kind: string): HistoryLimits {
    return this.#historyOf.get(kind) ?? this.history;
  }

  maxMembersOf(kind: string): number {
    return this.#kind(kind)?.maxMembers ?? this.rooms.maxMembers;
  }

  /** Whether the members of such rooms are told who comes and goes. */
  announces(kind: string): boolean {
    return this.#kind(kind)?.announce ?? true;
  }

  /** Clients name the kinds: `constructor` is none of ours. */
  #kind(kind: string): RoomKindOptions | undefined {
    return Object.hasOwn(this.kinds, kind) ? this.kinds[kind] : undefined;
  }

  #checkTogether(): void {
    const { heartbeat, rateLimit, events, channels } = this;
    if (heartbeat.timeoutMs <= heartbeat.intervalMs) {
      const problem = `(${heartbeat.timeoutMs}) must be longer than intervalMs`;
      throw new InvalidOption('heartbeat.timeoutMs', problem, 'Try twice as long.');
    }
    checkObject('rateLimit.cost', rateLimit.cost);
    for (const [type, cost] of Object.entries(rateLimit.cost)) checkNumber(`rateLimit.cost.${type}`, cost);
    checkBucket('rateLimit', rateLimit);
    if (rateLimit.perUser) checkOwnBucket('rateLimit.perUser', rateLimit.perUser);
    checkOwnBucket('channels.requests', channels.requests);
    if (this.admin) checkOwnBucket('admin.requests', this.admin.requests);
    checkNumber('presence.graceMs', this.presence.graceMs, 0, MAX_INT);
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
  ...['mailbox.maxMessages', 'mailbox.maxBytes', 'mailbox.maxAgeMs'],
]);

function resolve<Group extends keyof Groups>(group: Group, given: GivenOptions): Readonly<Groups[Group]> {
  const options = given[group] === undefined ? {} : given[group];
  checkObject(group, options);
  const defined = Object.entries(options).filter(([, value]) => value !== undefined);
  checkNames(group, Object.fromEntries(defined), Object.keys(DEFAULTS[group]));
  for (const [name, value] of defined) {
    const option = `${group}.${name}`;
    const kind = typeof DEFAULTS[group][name as keyof Groups[Group]];
    if (kind === 'boolean') checkBoolean(option, value);
    if (kind !== 'number') continue;
    if (POSITIVE.has(option)) checkNumber(option, value, 1, MAX_INT);
    else checkNumber(option, value);
  }
  return Object.freeze(Object.assign({}, DEFAULTS[group], Object.fromEntries(defined)));
}

function checkRedis(redis: unknown): void {
  if (redis === undefined || redis instanceof RedisConnections) return;
  throw new InvalidOption('redis', 'must be RedisConnections', "Try new RedisConnections({ url, prefix: 'my-app:' }).");
}

function checkOwnBucket(option: string, bucket: Bucket): void {
  checkObject(option, bucket);
  checkNames(option, bucket, ['perSecond', 'burst']);
  checkBucket(option, bucket);
}

function checkBucket(option: string, { perSecond, burst }: Bucket): void {
  checkNumber(`${option}.perSecond`, perSecond);
  if (perSecond === 0) throw new InvalidOption(`${option}.perSecond`, 'must be more than 0', 'Try 0.1.');
  checkNumber(`${option}.burst`, burst, 1);
}
