import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { filter, firstValueFrom } from 'rxjs';
import { RedisConnections, RedisReplyStore } from '../../src/adapters/redis';
import { StoredReply } from '../../src';
import { Proxy, stopProxies } from '../support/proxy';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';
import { describeReplyStore } from './reply-store';

let server: RedisServer;
let redis: Redis;
let prefixes = 0;
const running: RedisConnections[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  server = await RedisServer.start();
  redis = new Redis(server.port);
});

afterEach(async () => {
  for (const connections of running.splice(0)) await connections.close();
  stopProxies();
});

afterAll(async () => {
  redis.disconnect();
  await stopRedis();
});

/** A server that is there is never given up, however busy the machine is. */
function connect(prefix: string, { url = server.url, timeoutMs = 15_000 } = {}): RedisConnections {
  const connections = new RedisConnections({ url, prefix, timeoutMs });
  running.push(connections);
  return connections;
}

/** A store behind a proxy that will cut it off, which it notices soon; it is connected. */
async function storeBehind(proxy: Proxy, prefix: string): Promise<RedisReplyStore> {
  const connections = connect(prefix, { url: proxy.url, timeoutMs: 500 });
  const store = new RedisReplyStore(connections);
  await connections.open();
  await firstValueFrom(connections.state.pipe(filter((state) => state === 'connected')));
  return store;
}

describeReplyStore('redis', (windowMs) => new RedisReplyStore(connect(`reply${++prefixes}:`), { windowMs }));

describe('reply stores of several nodes', () => {
  const reply = (n: number): StoredReply => ({ type: 'ack', data: { n } });
  const twoNodes = (...windows: number[]) => {
    const prefix = `reply${++prefixes}:`;
    return [0, 1].map((i) => new RedisReplyStore(connect(prefix), { windowMs: windows[i] ?? 60_000 }));
  };
  const claim = async (store: RedisReplyStore, key: string) => store.claim(key);

  it('hand a key to the first who claims it, and the reply to the others, however often they ask', async () => {
    const [one, two] = twoNodes();
    expect(await claim(one, 'a')).toBeUndefined();
    const waiting = [claim(two, 'a'), claim(two, 'a')];
    expect(await claim(two, 'b')).toBeUndefined();
    one.keep('a', reply(1));
    expect(await Promise.all(waiting)).toEqual([reply(1), reply(1)]);
    expect(await claim(two, 'a')).toEqual(reply(1));
  });

  it('hand a key that was given back to one of those who wait', async () => {
    const [one, two] = twoNodes();
    await claim(one, 'a');
    const waiting = claim(two, 'a');
    one.release('a');
    expect(await waiting).toBeUndefined();
    const next = claim(one, 'a');
    two.keep('a', reply(2));
    expect(await next).toEqual(reply(2));
  });

  it('keep the first reply when a claim was passed on', async () => {
    const [one, two] = twoNodes(30);
    await claim(one, 'a');
    expect(await claim(two, 'a')).toBeUndefined();
    two.keep('a', reply(2));
    one.keep('a', reply(1));
    const another = new RedisReplyStore(connect(`reply${prefixes}:`));
    expect(await claim(another, 'a')).toEqual(reply(2));
  });

  it('forget the claim of a node that is gone long before the window is over, not that of one that lives', async () => {
    const [one, two] = twoNodes();
    await claim(one, 'a');
    const [key] = await redis.keys(`reply${prefixes}:*:reply`);
    expect(await redis.pttl(key)).toBeLessThanOrEqual(10_000);
    await redis.pexpire(key, 4000);
    await until(async () => (await redis.pttl(key)) > 5000, 'a claim that is held');
    await running.at(-2)!.close();
    await redis.pexpire(key, 100);
    expect(await claim(two, 'a')).toBeUndefined();
  });

  it('claim at once what they had claimed without being told so, and leave what another has', async () => {
    const prefix = `reply${++prefixes}:`;
    const proxy = await Proxy.to(server.port);
    const [one, two] = [await storeBehind(proxy, prefix), new RedisReplyStore(connect(prefix))];
    await claim(one, 'a');
    one.release('a');
    proxy.muteAfter('claim');
    await expect(claim(one, 'a')).rejects.toMatchObject({ code: 'unavailable' });
    const [key] = await redis.keys(`${prefix}*:reply`);
    expect(await redis.persist(key)).toBe(1);
    proxy.heal();
    const claimed = () =>
      claim(one, 'a').then(
        (found) => found === undefined,
        () => false,
      );
    await until(claimed, 'a claim');
    const waiting = claim(two, 'a');
    one.keep('a', reply(1));
    expect(await waiting).toEqual(reply(1));
  });

  it('know a command by the same id, whichever of them executes it', async () => {
    const [one, two] = twoNodes();
    const id = await one.executionId('a');
    expect(await two.executionId('a')).toBe(id);
  });

  it('make short keys of long ones', async () => {
    const [one] = twoNodes();
    await claim(one, 'x'.repeat(100_000));
    expect((await redis.keys(`reply${prefixes}:*:reply`)).map(({ length }) => length < 80)).toEqual([true]);
  });

  it('refuse while Redis is away, and store later what was answered meanwhile', async () => {
    const proxy = await Proxy.to(server.port);
    const prefix = `reply${++prefixes}:`;
    const one = await storeBehind(proxy, prefix);
    const two = new RedisReplyStore(connect(prefix));
    await claim(one, 'a');
    proxy.cut();
    await expect(claim(one, 'b')).rejects.toMatchObject({ code: 'unavailable' });
    one.keep('a', reply(1));
    expect(await claim(one, 'a')).toEqual(reply(1));
    const waiting = claim(two, 'a');
    expect(await claim(two, 'b')).toBeUndefined();
    proxy.heal();
    expect(await waiting).toEqual(reply(1));
    two.release('b');
    expect(await claim(one, 'b')).toBeUndefined();
  });
});
