import { OriginRule, RealtimeOptions } from './realtime.options';

const auth = { secret: 'x'.repeat(32) };

function resolve(options: object): RealtimeOptions {
  return new RealtimeOptions({ auth, ...options });
}

function refusal(options: object): string {
  try {
    resolve(options);
    return 'none';
  } catch (error) {
    return (error as Error).message.replace(/^RealtimeModule: option /, '');
  }
}

describe('the options', () => {
  it('are complete when only a secret is given', () => {
    const options = resolve({});
    expect(options).toMatchObject({
      path: '/ws',
      origins: 'same',
      auth: { algorithms: ['HS256'], deferred: true, deferredTimeoutMs: 10_000, expiringNoticeMs: 60_000 },
      connections: { max: 20_000, maxPerUser: 20, maxPerAddress: 100, handshakeTimeoutMs: 10_000 },
      heartbeat: { intervalMs: 30_000, timeoutMs: 60_000 },
      rateLimit: { perSecond: 10, burst: 20 },
      history: { maxPublications: 1000, maxAgeMs: 86_400_000 },
    });
    expect(options.paths).toEqual(['/ws', '/ws/connect']);
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
    ['/', ['/', '/connect']],
    ['/live', ['/live', '/live/connect']],
    ['/api/v1/rt', ['/api/v1/rt', '/api/v1/rt/connect']],
  ])('take the path %s', (path, paths) => {
    expect(resolve({ path }).paths).toEqual(paths);
  });

  it.each([
    ['ws', "path must start with '/', got 'ws'. Try '/ws'."],
    ['', "path must start with '/', got ''. Try '/'."],
    ['/ws/', "path must not end with '/', got '/ws/'. Try '/ws'."],
    ['//', "path must not end with '/', got '//'. Try '/'."],
    ['/a//b', "path may hold letters, digits and . _ ~ - between its '/', got '/a//b'."],
    ['/ws?x', "path may hold letters, digits and . _ ~ - between its '/', got '/ws?x'."],
    ['/ws/:id', "path may hold letters, digits and . _ ~ - between its '/', got '/ws/:id'."],
  ])('refuse the path %s', (path, message) => {
    expect(refusal({ path })).toBe(message);
  });

  it.each([
    [{ conections: {} }, 'conections is not an option. Known: connections,'],
    [{ connections: { maxperuser: 1 } }, 'connections.maxperuser is not an option. Known: max, maxPerUser,'],
    [{ connections: { constructor: 1 } }, 'connections.constructor is not an option.'],
    [{ auth: { ...auth, isuer: 'x' } }, 'auth.isuer is not an option. Known: secret, publicKey,'],
    [
      { kinds: { project: { maxMember: 1 } } },
      'kinds.project.maxMember is not an option. Known: maxMembers, history, announce.',
    ],
    [{ kinds: { project: { history: { maxAge: 1 } } } }, 'kinds.project.history.maxAge is not an option.'],
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
    [{ rateLimit: { perSecond: 0 } }, 'rateLimit.perSecond must be more than 0. Try 0.1.'],
    [{ rateLimit: { burst: 0 } }, 'rateLimit.burst must be a number, 1 or more, got 0.'],
    [{ rateLimit: { cost: { chat: -1 } } }, 'rateLimit.cost.chat must be a number, 0 or more, got -1.'],
    [
      { rateLimit: { perUser: { perSecond: 5 } } },
      'rateLimit.perUser.burst must be a number, 1 or more, got undefined.',
    ],
    [{ kinds: { a: { maxMembers: -1 } } }, 'kinds.a.maxMembers must be a number, 0 or more, got -1.'],
    [
      { kinds: { a: { history: { maxAgeMs: 'x' } } } },
      "kinds.a.history.maxAgeMs must be a number, 0 or more, got 'x'.",
    ],
    [{ kinds: { a: { announce: 'no' } } }, "kinds.a.announce must be true or false, got 'no'."],
    [{ presence: { graceMs: Infinity } }, 'presence.graceMs must be a number, 0 to 2147483647, got Infinity.'],
    [{ presence: { announceUpTo: -1 } }, 'presence.announceUpTo must be a number, 0 or more, got -1.'],
    [{ heartbeat: { timeoutMs: 1 } }, 'heartbeat.timeoutMs (1) must be longer than intervalMs. Try twice as long.'],
    [{ events: { naming: 'kebab' } }, "events.naming must be 'dot' or 'snake', got 'kebab'."],
    [{ heartbeat: 30_000 }, 'heartbeat must be an object with options, got 30000.'],
    [{ metrics: true }, 'metrics must be an object with options, got true.'],
    [{ admin: true }, 'admin must be an object with options, got true.'],
    [{ rooms: null }, 'rooms must be an object with options, got null.'],
    [{ rooms: [] }, 'rooms must be an object with options, got [].'],
    [{ kinds: { feed: null } }, 'kinds.feed must be an object with options, got null.'],
    [{ kinds: { feed: { history: 5 } } }, 'kinds.feed.history must be an object with options, got 5.'],
    [{ rateLimit: { cost: 5 } }, 'rateLimit.cost must be an object with options, got 5.'],
    [{ channels: { rest: 'false' } }, "channels.rest must be true or false, got 'false'."],
    [{ documents: { asyncapi: 'no' } }, "documents.asyncapi must be true or false, got 'no'."],
    [{ audit: { enabled: 'false' } }, "audit.enabled must be true or false, got 'false'."],
    [{ compression: { enabled: 1 } }, 'compression.enabled must be true or false, got 1.'],
    [{ tracing: { frames: 1 } }, 'tracing.frames must be true or false, got 1.'],
    [{ metrics: { enabled: 'true' } }, "metrics.enabled must be true or false, got 'true'."],
    [
      { channels: { requests: { perSecond: 5, burst: 5, brst: 3 } } },
      'channels.requests.brst is not an option. Known: perSecond, burst.',
    ],
  ])('refuse a value that cannot work: %j', (options, message) => {
    expect(refusal(options)).toBe(message);
  });

  it.each([
    [
      { backplane: {} },
      'backplane must have a method publish, got {}. Try redis: new RedisConnections({ url, prefix }).',
    ],
    [{ storage: true }, 'storage must have a method close, got true. Try new SqliteStorage({ file }), or false.'],
    [{ replies: {} }, 'replies must have a method claim, got {}. Try new RedisReplyStore(redis).'],
    [{ userLimits: {} }, 'userLimits must have a method spend, got {}. Try new RedisUserLimits(redis).'],
    [{ nodes: null }, 'nodes must have a method ask, got null. Try new RedisNodes(redis).'],
    [{ presence: { store: {} } }, 'presence.store must have a method members, got {}. Try new RedisPresence(redis).'],
    [{ audit: { sink: {} } }, 'audit.sink must have a method record, got {}. Extend Audit.'],
    [
      { rooms: { policy: 'ProjectPolicy' } },
      "rooms.policy must have a method can, got 'ProjectPolicy'. Try a class that extends RoomPolicy.",
    ],
  ])('refuse what cannot take the place of a part: %j', (options, message) => {
    expect(refusal(options)).toBe(message);
  });

  it('refuse a role there is none of', () => {
    expect(() => new RealtimeOptions({ auth }, 'emiter' as never)).toThrow(
      "RealtimeModule: option role must be 'node' or 'emitter', got 'emiter'.",
    );
  });

  it('take numbers without limit where that makes sense', () => {
    expect(resolve({ connections: { maxPerUser: Infinity } }).connections.maxPerUser).toBe(Infinity);
    expect(resolve({ history: { maxPublications: 0 } }).history.maxPublications).toBe(0);
  });

  it.each<[OriginRule]>([['*'], ['same'], [() => true], [['https://a.example', 'http://localhost:3000', /x/, 'null']]])(
    'take origins like %p',
    (origins) => {
      expect(resolve({ origins }).origins).toBe(origins);
    },
  );

  it.each([
    [
      'https://a.example',
      "origins must be 'same', '*', a list or a function, got 'https://a.example'. Try ['https://a.example'].",
    ],
    [true, "origins must be 'same', '*', a list or a function, got true."],
    [['https://a.example/'], "origins holds 'https://a.example/', which no browser sends. Try 'https://a.example'."],
    [['https://A.example'], "origins holds 'https://A.example', which no browser sends. Try 'https://a.example'."],
    [
      ['https://a.example:443'],
      "origins holds 'https://a.example:443', which no browser sends. Try 'https://a.example'.",
    ],
    [['a.example'], "origins may hold origins and RegExps, got 'a.example'. Try 'https://example.com'."],
    [['*'], "origins may hold origins and RegExps, got '*'. Try 'https://example.com'."],
    [[undefined], "origins may hold origins and RegExps, got undefined. Try 'https://example.com'."],
  ])('refuse origins that would never match: %j', (origins, message) => {
    expect(refusal({ origins })).toBe(message);
  });

  it('of a room kind are its own, and no other name is one', () => {
    const options = resolve({ kinds: { project: { maxMembers: 5, history: { maxPublications: 10 } } } });
    expect([options.maxMembersOf('project'), options.maxMembersOf('board')]).toEqual([5, 20_000]);
    expect(options.historyOf('project')).toMatchObject({ maxPublications: 10, maxAgeMs: 86_400_000 });
    for (const kind of ['constructor', '__proto__', 'toString', '']) {
      expect([options.maxMembersOf(kind), options.historyOf(kind).maxPublications]).toEqual([20_000, 1000]);
    }
  });
});
