import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { RedisConnectionsOptions } from '../../src/adapters/redis';
import { RedisBackplane, RedisConnections } from '../../src/adapters/redis';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';
import { describeBackplane, Heard, MakeBackplane, said, textsOf } from './backplane';

let server: RedisServer;
let prefixes = 0;

beforeAll(async () => {
  Logger.overrideLogger(false);
  server = await RedisServer.start();
});

afterAll(stopRedis);

const make: MakeBackplane = async (retention) => {
  const backplane = new RedisBackplane({ url: server.url, prefix: `test${++prefixes}:` });
  backplane.configure({
    limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 86_400_000 }),
    maxTotalBytes: 256 * 1024 * 1024,
    ...retention,
  });
  return backplane;
};

describeBackplane('RedisBackplane', make);

describe('RedisBackplane', () => {
  const running: RedisBackplane[] = [];
  let redis: Redis;

  beforeAll(() => {
    redis = new Redis(server.port);
  });

  afterEach(async () => {
    for (const backplane of running.splice(0)) await backplane.close();
  });

  afterAll(() => redis.disconnect());

  function node(prefix: string, given: RedisConnectionsOptions | RedisConnections = { url: server.url, prefix }) {
    const backplane = new RedisBackplane(given);
    running.push(backplane);
    return backplane;
  }

  it('gives all nodes the same publications, in the same order, with the same offsets', async () => {
    const [alice, bob] = [node('order:'), node('order:')];
    const heard = [new Heard(alice), new Heard(bob)];
    const { epoch } = await alice.subscribe('a');
    expect(await bob.subscribe('a')).toEqual({ epoch, offset: 0 });
    const burst = (name: string) => Array.from({ length: 100 }, (_, i) => said(`${name}${i}`));
    await Promise.all([
      ...burst('alice').map((publication) => alice.publish('a', publication)),
      ...burst('bob').map((publication) => bob.publish('a', publication)),
    ]);
    for (const each of heard) await each.until(200);
    expect(heard[0].texts).toEqual(heard[1].texts);
    for (const { all } of heard) {
      expect(all.map(({ offset }) => offset)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    }
    expect(heard[0].texts.filter((text) => text.startsWith('bob'))).toEqual(burst('bob').map((_, i) => `bob${i}`));
    expect(textsOf(await bob.read('a', { epoch, offset: 0 }))).toEqual(heard[0].texts);
  });

  it('carries any bytes, and any name of a user', async () => {
    const [alice, bob] = [node('bytes:'), node('bytes:')];
    const heard = new Heard(bob);
    const room = 'user:{}}:ä 𝄞\r\n';
    const { epoch } = await bob.subscribe(room);
    const body = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const exceptUser = 'ä{:}3:"\r\n𝄞';
    await alice.publish(room, { id: 'é:1', body, delivery: 'reliable', exceptUser });
    await alice.publish(room, { id: '2', body: new Uint8Array(body), delivery: 'volatile', exceptUser });
    await heard.until(2);
    for (const { publication } of heard.all) {
      expect(publication.exceptUser).toBe(exceptUser);
      expect(Buffer.from(publication.body)).toEqual(body);
    }
    const [stored] = await alice.read(room, { epoch, offset: 0 });
    expect(stored).toMatchObject({ id: 'é:1', exceptUser, offset: 1, delivery: 'reliable' });
    expect(Buffer.from(stored.body)).toEqual(body);
  });

  it('keeps to its prefix, and leaves nothing behind for ever', async () => {
    const [alice, bob] = [node('one:'), node('two:')];
    const heard = new Heard(bob);
    await bob.subscribe('a');
    await bob.subscribe('quiet');
    await alice.publish('a', said('1'));
    await alice.publish('a', said('passing', { delivery: 'volatile' }));
    await bob.publish('a', said('2'));
    await heard.until(1);
    expect(heard.texts).toEqual(['2']);
    const keys = await redis.keys('[ot][nw][eo]:*');
    const mark = ':{realtime}:mark';
    expect(keys.sort()).toEqual([
      ...['one:{a}', 'one:{a}:ids', 'one:{a}:stream', `one${mark}`],
      ...['two:{a}', 'two:{a}:ids', 'two:{a}:stream', 'two:{quiet}', `two${mark}`],
    ]);
    for (const key of keys.filter((each) => !each.endsWith(mark)))
      expect(await redis.pttl(key)).toBeGreaterThan(60_000);
  });

  it('keeps what it must know of a stream bounded, as the stream', async () => {
    const backplane = node('bounds:');
    backplane.configure({ limitsOf: () => ({ maxPublications: 10, maxAgeMs: 60_000 }), maxTotalBytes: 1e9 });
    for (let i = 0; i < 50; i++) await backplane.publish('a', said(`${i}`));
    expect(await redis.xlen('bounds:{a}:stream')).toBe(10);
    expect(await redis.zcard('bounds:{a}:ids')).toBe(10);
    backplane.configure({ limitsOf: () => ({ maxPublications: 10, maxAgeMs: 30 }), maxTotalBytes: 1e9 });
    await new Promise((resolve) => setTimeout(resolve, 40));
    await redis.hset('bounds:{a}', 'x', 0);
    await backplane.publish('a', said('new'));
    expect(await redis.xlen('bounds:{a}:stream')).toBe(1);
    expect(await redis.zcard('bounds:{a}:ids')).toBe(1);
  });

  it('counts the bytes of a stream exactly, also after its keys were lost', async () => {
    const backplane = node('count:');
    const limits = { maxPublications: 5, maxAgeMs: 60_000, maxBytes: 4_000 };
    backplane.configure({ limitsOf: () => limits, maxTotalBytes: 1e9 });
    const counted = async (): Promise<[number, number]> => {
      const entries = (await redis.xrange('count:{a}:stream', '-', '+')).map(([, [, header, , body]]) => header + body);
      return [entries.reduce((sum, { length }) => sum + length + 200, 0), Number(await redis.hget('count:{a}', 'b'))];
    };
    for (const size of [10, 900, 20, 1500, 1500, 30, 40, 50, 60, 70]) {
      await backplane.publish('a', said('x'.repeat(size)));
      const [held, known] = await counted();
      expect(known).toBe(held);
    }
    await redis.del('count:{a}');
    await backplane.publish('a', said('anew'));
    const [held, known] = await counted();
    expect(known).toBe(held);
  });

  it('reads little more than it returns, whatever else the stream holds', async () => {
    const backplane = node('cost:');
    const { epoch } = await backplane.publish('a', said('first'));
    for (let n = 0; n < 40; n++) await backplane.publish('a', said('x'.repeat(400_000)));
    for (let n = 0; n < 20; n++) await backplane.publish('a', said(`small ${n}`));
    const luaBytes = async () => Number(/used_memory_lua:(\d+)/.exec(await redis.info('memory'))![1]);
    const before = await luaBytes();
    const grown = async (read: () => Promise<unknown>) => {
      await read();
      return (await luaBytes()) - before;
    };
    const most = 2_500_000;
    expect(await grown(() => backplane.page('a', { limit: 1, maxBytes: 256 * 1024 }))).toBeLessThan(most);
    expect(await grown(() => backplane.page('a', { limit: 200, maxBytes: 256 * 1024 }))).toBeLessThan(most);
    expect(await grown(() => backplane.page('a', { before: 30, limit: 1, maxBytes: 1 }))).toBeLessThan(most);
    expect(await grown(() => backplane.read('a', { epoch, offset: 0 }, 64 * 1024))).toBeLessThan(most);
    expect(await grown(() => backplane.read('a', { epoch, offset: 20 }, 64 * 1024))).toBeLessThan(most);
  });

  it('refuses a user whose publications take too much of all rooms together, and nobody else, on every node', async () => {
    const retention = { limitsOf: () => ({ maxPublications: 5, maxAgeMs: 60_000 }), maxTotalBytes: 1e9 };
    const [one, two] = [node('share:'), node('share:')];
    for (const each of [one, two]) each.configure({ ...retention, maxBytesPerUser: 100_000 });
    const publish = (backplane: RedisBackplane, room: string, publisher: string) =>
      backplane.publish(room, said('x'.repeat(1_000), { publisher }));
    const refused = (backplane: RedisBackplane, user: string) => {
      try {
        backplane.checkShare(user);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    for (let n = 0; n < 300; n++) await publish(one, 'a', 'alice');
    let rooms = 0;
    while (!refused(one, 'mallory') && rooms < 200) await publish(one, `room:${rooms++}`, 'mallory');
    expect(rooms).toBeLessThan(60);
    expect(refused(one, 'mallory')).toBe('rate_limited');
    expect(refused(one, 'alice')).toBeUndefined();
    await publish(two, 'elsewhere', 'mallory');
    await until(() => refused(two, 'mallory') !== undefined, 'the other node to know');
  });

  it('goes by the URL: user, password and database', async () => {
    await redis.call('ACL', 'SETUSER', 'me', 'on', '>secret', '+@all', '~*', '&*');
    const url = `redis://me:secret@127.0.0.1:${server.port}/3`;
    await node('url:', { url, prefix: 'url:' }).publish('a', said('1'));
    await redis.select(3);
    expect(await redis.exists('url:{a}')).toBe(1);
    await redis.select(0);
    const wrong = node('url:', { url: url.replace('secret', 'wrong'), prefix: 'url:', timeoutMs: 300 });
    await expect(wrong.publish('a', said('2'))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('takes clients that somebody else makes, and connections that others use, too', async () => {
    const connections = new RedisConnections({
      client: (settings) => new Redis({ ...settings, port: server.port, connectionName: 'mine' }),
      prefix: 'made:',
    });
    const backplane = node('made:', connections);
    const heard = new Heard(backplane);
    await backplane.subscribe('a');
    await backplane.publish('a', said('1'));
    await heard.until(1);
    expect(String(await redis.client('LIST')).match(/name=mine/g)).toHaveLength(2);
  });

  it.each([
    [{ prefix: 'a:' }, 'give exactly one of url, sentinel, cluster, client, got none.'],
    [{ prefix: 'a:', url: 'redis://a', cluster: { nodes: [] } }, 'got url and cluster.'],
    [{ url: 'redis://a' }, "prefix must be a text without { and }, got undefined. Try 'my-app:'."],
    [{ prefix: 'a{b}', url: 'redis://a' }, 'prefix must be a text without { and }, got "a{b}".'],
    [{ prefix: 'a:', url: 'http://me:secret@a' }, "url must begin with redis:// or rediss://, got 'http…'."],
    [{ prefix: 'a:', url: 'redis://a', timeoutMs: 0 }, 'timeoutMs must be a whole number above 0, got 0.'],
    [{ prefix: 'a:', url: 'redis://a', host: 'b' }, 'there is no option host. Known: url, '],
    [{ prefix: 'a:', client: () => new Redis({ lazyConnect: true }) }, 'client must pass on the settings it is given'],
  ])('says what is wrong with %j', (options, told) => {
    expect(() => new RedisBackplane(options as never)).toThrow(told);
  });
});
