import { handshakesPerAddress, handshakesPerUser } from '../../src/connections/connections.options';
import { pathsOf } from '../../src/gateway/handshake/endpoint.options';
import { connectionBytes, userBytes } from '../../src/gateway/limits/rate-limit.options';
import { RealtimeOptions, resolveRealtimeOptions } from '../../src/realtime.options';
import { senderBytes } from '../../src/rooms/rooms.options';
import { FEATURE_GROUPS, resolveFeature } from '../support/feature-options';
import { redis } from '../../src/adapters/redis';
import { PostgresStorage } from '../../src/adapters/postgres/postgres.storage';
import { SqliteStorage } from '../../src/adapters/sqlite/sqlite.storage';

const auth = { secret: 'x'.repeat(32) };

function resolve(options: object): RealtimeOptions {
  const isOfFeature = ([name]: [string, object]): boolean => Object.hasOwn(FEATURE_GROUPS, name);
  const given = Object.entries<object>(options as Record<string, object>);
  for (const [name, group] of given.filter(isOfFeature)) resolveFeature(name, group);
  return resolveRealtimeOptions({
    auth,
    policy: 'open',
    ...Object.fromEntries(given.filter((each) => !isOfFeature(each))),
  });
}

function refusal(options: object): string {
  try {
    resolve(options);
    return 'none';
  } catch (error) {
    return (error as Error).message.replace(/^RealtimeModule: option /, '');
  }
}

function budgets({ connections, rateLimit, rooms }: RealtimeOptions) {
  return {
    connectionBytes: connectionBytes(rateLimit, connections),
    userBytes: userBytes(rateLimit, connections),
    senderBytes: senderBytes(rooms, connections),
    handshakesPerUser: handshakesPerUser(connections),
    handshakesPerAddress: handshakesPerAddress(connections),
  };
}

describe('the options', () => {
  it('are complete when only a secret is given', () => {
    const options = resolve({});
    expect(options).toMatchObject({
      endpoint: { path: '/ws', origins: 'same' },
      auth: { algorithms: ['HS256'], deferred: true, deferredTimeoutMs: 10_000, expiringNoticeMs: 60_000 },
      connections: { max: 20_000, maxPerUser: 20, maxPerAddress: 100, handshakeTimeoutMs: 10_000 },
      heartbeat: { intervalMs: 30_000, timeoutMs: 60_000 },
      rateLimit: { perSecond: 10, burst: 20 },
      history: { maxPublications: 1000, maxAgeMs: 86_400_000, maxBytes: 2_097_152 },
    });
    expect(pathsOf(options.endpoint)).toEqual(['/ws', '/ws/connect']);
  });

  it('keep the defaults where undefined is given', () => {
    const { connections, auth: resolved } = resolve({
      connections: { max: undefined, maxPerUser: 3 },
      auth: { ...auth, deferred: undefined, cookie: undefined },
    });
    expect([connections.max, connections.maxPerUser, resolved.deferred, resolved.cookie]).toEqual([
      20_000,
      3,
      true,
      'access_token',
    ]);
  });

  it('of one application do not change those of another', () => {
    resolve({ connections: { max: 1 } });
    expect(resolve({}).connections.max).toBe(20_000);
    expect(() => Object.assign(resolve({}).connections, { max: 5 })).toThrow(TypeError);
  });

  it.each([
    [{ conections: {} }, 'conections is not an option. Known: connections,'],
    [{ connections: { maxperuser: 1 } }, 'connections.maxperuser is not an option. Known: max, maxPerUser,'],
    [{ connections: { constructor: 1 } }, 'connections.constructor is not an option.'],
    [{ auth: { ...auth, isuer: 'x' } }, 'auth.isuer is not an option. Known: secret, publicKey,'],
    [
      { roomKinds: { project: { maxMember: 1 } } },
      'roomKinds.project.maxMember is not an option. Known: maxMembers, history, announce.',
    ],
    [{ roomKinds: { project: { history: { maxAge: 1 } } } }, 'roomKinds.project.history.maxAge is not an option.'],
  ])('refuse a name that is misspelt: %j', (options, message) => {
    expect(refusal(options)).toContain(message);
  });

  it.each([
    [{ connections: { max: -1 } }, 'connections.max must be a number, 0 or more, got -1.'],
    [{ connections: { max: '5' } }, "connections.max must be a number, 0 or more, got '5'."],
    [{ connections: { max: NaN } }, 'connections.max must be a number, 0 or more, got NaN.'],
    [{ connections: { max: null } }, 'connections.max must be a number, 0 or more, got null.'],
    [
      { connections: { handshakeTimeoutMs: 0 } },
      'connections.handshakeTimeoutMs must be a number, 1 to 2147483647, got 0.',
    ],
    [
      { connections: { handshakeTimeoutMs: Infinity } },
      'connections.handshakeTimeoutMs must be a number, 1 to 2147483647, got Infinity.',
    ],
    [{ connections: { maxMessageBytes: 0 } }, 'connections.maxMessageBytes must be a number, 1 to 2147483647, got 0.'],
    [{ inbox: { maxFrames: 0 } }, 'inbox.maxFrames must be a number, 1 to 2147483647, got 0.'],
    [
      { channels: { passwordAttemptsPerMinute: 0 } },
      'channels.passwordAttemptsPerMinute must be a number, 1 to 2147483647, got 0.',
    ],
    [{ chat: { relayAttempts: 0 } }, 'chat.relayAttempts must be a number, 1 to 2147483647, got 0.'],
    [{ audit: { maxEntries: 0 } }, 'audit.maxEntries must be a number, 1 to 2147483647, got 0.'],
    [{ audit: { maxPerUserAndHour: -1 } }, 'audit.maxPerUserAndHour must be a number, 1 to 2147483647, got -1.'],
    [{ rooms: { maxPolicyCalls: 0 } }, 'rooms.maxPolicyCalls must be a number, 1 to 2147483647, got 0.'],
    [
      { rooms: { policyTimeoutMs: Infinity } },
      'rooms.policyTimeoutMs must be a number, 1 to 2147483647, got Infinity.',
    ],
    [{ rateLimit: { perSecond: 0 } }, 'rateLimit.perSecond must be more than 0. Try 0.1.'],
    [{ rateLimit: { burst: 0 } }, 'rateLimit.burst must be a number, 1 or more, got 0.'],
    [{ rateLimit: { cost: { chat: -1 } } }, 'rateLimit.cost.chat must be a number, 0 or more, got -1.'],
    [
      { rateLimit: { perUser: { perSecond: 5 } } },
      'rateLimit.perUser.burst must be a number, 1 or more, got undefined.',
    ],
    [
      { connections: { handshakesPerUser: { perSecond: 1 } } },
      'connections.handshakesPerUser.burst must be a number, 1 or more, got undefined.',
    ],
    [
      { connections: { handshakesPerAddress: 5 } },
      'connections.handshakesPerAddress must be an object with options, got 5.',
    ],
    [{ rateLimit: { bytesPerSecond: 0 } }, 'rateLimit.bytesPerSecond must be a number, 1 to 9007199254740991, got 0.'],
    [
      { rateLimit: { userBurstBytes: '1 MiB' } },
      "rateLimit.userBurstBytes must be a number, 1 to 9007199254740991, got '1 MiB'.",
    ],
    [{ rooms: { senderBurstBytes: -1 } }, 'rooms.senderBurstBytes must be a number, 1 to 9007199254740991, got -1.'],
    [
      { outbox: { maxBytes: 1_048_576 } },
      'outbox.maxBytes (1048576) must hold 8 of the largest messages, which are of 524288 bytes (connections.maxMessageBytes). Try 4194304, or a smaller connections.maxMessageBytes.',
    ],
    [{ roomKinds: { a: { maxMembers: -1 } } }, 'roomKinds.a.maxMembers must be a number, 0 or more, got -1.'],
    [
      { roomKinds: { a: { history: { maxAgeMs: 'x' } } } },
      "roomKinds.a.history.maxAgeMs must be a number, 0 or more, got 'x'.",
    ],
    [{ roomKinds: { a: { announce: 'no' } } }, "roomKinds.a.announce must be true or false, got 'no'."],
    [{ presence: { graceMs: Infinity } }, 'presence.graceMs must be a number, 0 to 2147483647, got Infinity.'],
    [
      { presence: { announceMaxConnections: -1 } },
      'presence.announceMaxConnections must be a number, 0 or more, got -1.',
    ],
    [{ heartbeat: { timeoutMs: 1 } }, 'heartbeat.timeoutMs (1) must be longer than intervalMs. Try twice as long.'],
    [{ events: { naming: 'kebab' } }, "events.naming must be 'dot' or 'snake', got 'kebab'."],
    [{ heartbeat: 30_000 }, 'heartbeat must be an object with options, got 30000.'],
    [{ metrics: true }, 'metrics must be an object with options, got true.'],
    [{ admin: true }, 'admin must be an object with options, got true.'],
    [{ rooms: null }, 'rooms must be an object with options, got null.'],
    [{ rooms: [] }, 'rooms must be an object with options, got [].'],
    [{ roomKinds: { feed: null } }, 'roomKinds.feed must be an object with options, got null.'],
    [{ roomKinds: { feed: { history: 5 } } }, 'roomKinds.feed.history must be an object with options, got 5.'],
    [{ history: { maxBytes: 0 } }, 'history.maxBytes must be a number, 1 to 2147483647, got 0.'],
    [{ history: { maxBytesPerUser: 0 } }, 'history.maxBytesPerUser must be a number, 1 to 2147483647, got 0.'],
    [{ history: { maxReplaysPerUser: 0 } }, 'history.maxReplaysPerUser must be a number, 1 to 2147483647, got 0.'],
    [
      { roomKinds: { a: { history: { maxBytes: 0 } } } },
      'roomKinds.a.history.maxBytes must be a number, 1 or more, got 0.',
    ],
    [{ rateLimit: { cost: 5 } }, 'rateLimit.cost must be an object with options, got 5.'],
    [{ compression: { enabled: 1 } }, 'compression.enabled must be true or false, got 1.'],
    [{ messagePack: { enabled: 'yes' } }, "messagePack.enabled must be true or false, got 'yes'."],
    [{ tracing: { frames: 1 } }, 'tracing.frames must be true or false, got 1.'],
    [{ metrics: { prometheus: 'true' } }, "metrics.prometheus must be true or false, got 'true'."],
    [
      { channels: { requests: { perSecond: 5, burst: 5, brst: 3 } } },
      'channels.requests.brst is not an option. Known: perSecond, burst.',
    ],
  ])('refuse a value that cannot work: %j', (options, message) => {
    expect(refusal(options)).toBe(message);
  });

  describe('with a shared backplane', () => {
    const backplane = redis({ url: 'redis://localhost', prefix: 'a:' });

    afterAll(() => backplane.close());

    it('refuse a database of each node', () => {
      const storage = new SqliteStorage({ file: '/var/lib/app.sqlite' });
      expect(refusal({ backplane, storage })).toBe(
        'storage must be one database for all nodes that share the backplane, got SQLite, /var/lib/app.sqlite. ' +
          'Try new PostgresStorage({ url }), false, or, for nodes of one machine, ' +
          'new SqliteStorage({ file, shared: true }).',
      );
    });

    it.each([
      ['none', false],
      ['a server', new PostgresStorage({ url: 'postgres://localhost/app' })],
      ['a file that is said to be shared', new SqliteStorage({ file: 'app.sqlite', shared: true })],
    ])('take %s', (_, storage) => {
      expect(refusal({ backplane, storage })).toBe('none');
    });
  });

  it.each([
    [{ backplane: {} }, 'backplane must have a method publish, got {}. Try redis({ url, prefix }).'],
    [{ storage: true }, 'storage must have a method close, got true. Try new SqliteStorage({ file }), or false.'],
    [{ replies: {} }, 'replies must have a method claim, got {}. Extend ReplyStore.'],
    [{ userLimits: {} }, 'userLimits must have a method spend, got {}. Extend UserLimits.'],
    [{ nodes: null }, 'nodes must have a method ask, got null. Extend Nodes.'],
    [{ presence: { store: {} } }, 'presence.store must have a method members, got {}. Extend PresenceStore.'],
    [{ audit: { sink: {} } }, 'audit.sink must have a method record, got {}. Extend Audit.'],
    [
      { policy: 'ProjectPolicy' },
      "policy must have a method can, got 'ProjectPolicy'. Pass a class that extends RoomPolicy, or policy: 'open' to let every signed-in user do everything in every room.",
    ],
  ])('refuse what cannot take the place of a part: %j', (options, message) => {
    expect(refusal(options)).toBe(message);
  });

  const RULE = 'noun.verb, as task.created, at most 64 characters of A-Z a-z 0-9 _ and dots';
  it.each([
    ['cursor.moved', 'dot', "must be a list of event names, got 'cursor.moved'. Try ['cursor.moved']."],
    [['moved'], 'dot', `may hold names of events, ${RULE}, got 'moved'. Names that the protocol uses itself are none.`],
    [[7], 'dot', `may hold names of events, ${RULE}, got 7. Names that the protocol uses itself are none.`],
    [['chat'], 'dot', `may hold names of events, ${RULE}, got 'chat'. Names that the protocol uses itself are none.`],
    [
      ['user.joined'],
      'snake',
      `may hold names of events, ${RULE}, got 'user.joined'. Names that the protocol uses itself are none.`,
    ],
  ])('refuse the events of clients %j, named in %s case', (clientEvents, naming, problem) => {
    expect(refusal({ clientEvents, events: { naming } })).toBe(`clientEvents ${problem}`);
  });

  it('bound bytes and handshakes by what a message, a user and an address may be', () => {
    const KIB = 1024;
    expect(budgets(resolve({}))).toEqual({
      connectionBytes: { perSecond: 128 * KIB, burst: 512 * KIB },
      userBytes: { perSecond: 256 * KIB, burst: 1024 * KIB },
      senderBytes: { perSecond: 64 * KIB, burst: 512 * KIB },
      handshakesPerUser: { perSecond: 2, burst: 40 },
      handshakesPerAddress: { perSecond: 20, burst: 200 },
    });
    const connections = { maxMessageBytes: 1000, maxPerUser: 1000, maxPerAddress: 5000 };
    expect(budgets(resolve({ connections }))).toMatchObject({
      connectionBytes: { burst: 1000 },
      userBytes: { burst: 2000 },
      senderBytes: { burst: 1000 },
      handshakesPerUser: { perSecond: 100, burst: 2000 },
      handshakesPerAddress: { perSecond: 1000, burst: 10_000 },
    });
  });

  it('take numbers without limit where that makes sense', () => {
    expect(resolve({ connections: { maxPerUser: Infinity } }).connections.maxPerUser).toBe(Infinity);
    expect(resolve({ history: { maxPublications: 0 } }).history.maxPublications).toBe(0);
  });
});
