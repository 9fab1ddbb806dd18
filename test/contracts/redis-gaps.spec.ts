import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { Renewal, Reset, Retention } from '../../src';
import { RedisBackplane } from '../../src/adapters/redis';
import { StreamGap } from '../../src';
import { RedisServer, stopRedis } from '../support/redis-server';
import { until } from '../support/until';
import { Heard, said, textsOf } from './backplane';

let server: RedisServer;
let redis: Redis;
let prefix: string;
let prefixes = 0;
const running: RedisBackplane[] = [];

beforeAll(async () => {
  Logger.overrideLogger(false);
  server = await RedisServer.start();
  redis = new Redis(server.port);
});

beforeEach(() => {
  prefix = `gaps${++prefixes}:`;
});

afterEach(async () => {
  for (const backplane of running.splice(0)) await backplane.close();
});

afterAll(async () => {
  redis.disconnect();
  await stopRedis();
});

function node(retention: Partial<Retention> = {}) {
  const backplane = new RedisBackplane({ url: server.url, prefix });
  const limitsOf = () => ({ maxPublications: 1000, maxAgeMs: 60_000 });
  backplane.configure({ limitsOf, maxTotalBytes: 1e9, ...retention });
  const resets: Reset[] = [];
  backplane.resets.subscribe((reset) => resets.push(reset));
  const renewals: Renewal[] = [];
  backplane.renewals.subscribe((renewal) => renewals.push(renewal));
  running.push(backplane);
  return { backplane, heard: new Heard(backplane), resets, renewals };
}

/** Appends as the script does, but tells nobody: as if the channel had lost it. */
async function appendUnheard(room: string, text: string): Promise<void> {
  const { id, body } = said(text);
  const offset = await redis.hincrby(`${prefix}{${room}}`, 'o', 1);
  const header = `r${id.length}:${id}`;
  await redis.xadd(`${prefix}{${room}}:stream`, `${offset}-${Date.now()}`, 'h', header, 'b', Buffer.from(body));
  await redis.zadd(`${prefix}{${room}}:ids`, offset, id);
}

function offsets({ all }: Heard): unknown[] {
  return all.map(({ offset, replayed }) => (replayed ? `${offset}!` : offset));
}

describe('what the channel lost', () => {
  it('is read before the next publication is delivered', async () => {
    const { backplane, heard, resets } = node();
    await backplane.subscribe('a');
    await backplane.publish('a', said('1'));
    await appendUnheard('a', '2');
    await appendUnheard('a', '3');
    await backplane.publish('a', said('4'));
    await backplane.publish('a', said('5'));
    await heard.until(5);
    expect(heard.texts).toEqual(['1', '2', '3', '4', '5']);
    expect(offsets(heard).slice(0, 3)).toEqual([1, '2!', '3!']);
    expect(resets).toEqual([]);
  });

  it('is read however much it is, while more comes', async () => {
    const { backplane, heard } = node();
    await backplane.subscribe('a');
    await backplane.publish('a', said('1'));
    for (let n = 2; n <= 101; n++) await appendUnheard('a', `${n}`.padEnd(10_000));
    await Promise.all(Array.from({ length: 100 }, (_, i) => backplane.publish('a', said(`${i + 102}`))));
    await heard.until(201);
    expect(heard.all.map(({ offset }) => offset)).toEqual(Array.from({ length: 201 }, (_, i) => i + 1));
    expect(heard.texts.map(Number)).toEqual(Array.from({ length: 201 }, (_, i) => i + 1));
  });

  it('lets what is volatile pass', async () => {
    const { backplane, heard } = node();
    await backplane.subscribe('a');
    await appendUnheard('a', '1');
    await backplane.publish('a', said('passing', { delivery: 'volatile' }));
    await heard.until(1);
    await backplane.publish('a', said('2'));
    await heard.until(3);
    expect(offsets(heard)).toEqual([undefined, '1!', '2!']);
  });

  it('is told as a reset when it is not there any more', async () => {
    const { backplane, heard, resets } = node({ limitsOf: () => ({ maxPublications: 2, maxAgeMs: 60_000 }) });
    const { epoch } = await backplane.subscribe('a');
    await backplane.publish('a', said('1'));
    for (const text of ['2', '3', '4']) await appendUnheard('a', text);
    await backplane.publish('a', said('5'));
    await until(() => resets.length > 0, 'a reset');
    await backplane.publish('a', said('6'));
    await heard.until(2);
    expect(resets).toEqual([{ room: 'a', position: { epoch, offset: 5 } }]);
    expect(offsets(heard)).toEqual([1, 6]);
  });

  it('is read when the connection was lost, though nothing more is published', async () => {
    const { backplane, heard, resets } = node();
    for (const room of ['a', 'b', 'c']) await backplane.subscribe(room);
    await backplane.publish('a', said('1'));
    await appendUnheard('a', '2');
    await appendUnheard('b', '1');
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await heard.until(3);
    await backplane.publish('a', said('3'));
    await heard.until(4);
    expect(heard.all.map(({ room, offset }) => `${room}${offset}`)).toEqual(['a1', 'a2', 'b1', 'a3']);
    expect(resets).toEqual([]);
  });

  it('is not looked for in rooms that were left', async () => {
    const { backplane, heard } = node();
    await backplane.subscribe('a');
    await backplane.subscribe('b');
    await backplane.unsubscribe('a');
    await appendUnheard('a', '1');
    await appendUnheard('b', '1');
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await heard.until(1);
    await backplane.publish('a', said('2'));
    await backplane.publish('b', said('2'));
    await heard.until(2);
    expect(heard.all.map(({ room, offset }) => `${room}${offset}`)).toEqual(['b1', 'b2']);
  });

  it('is found whatever else is said on the channel', async () => {
    const { backplane, heard } = node();
    await backplane.subscribe('a');
    for (const noise of ['', 'hello', ':::', 'e:1', 'e:x:0:', 'e:1:9:x', 'e:-1:', 'e:1:-1:x'])
      await redis.publish(`${prefix}{a}`, noise);
    await backplane.publish('a', said('1'));
    await heard.until(1);
    expect(heard.texts).toEqual(['1']);
  });
});

describe('a stream that is not the same any more', () => {
  it('is told as a reset when Redis is flushed, also where nothing more is published', async () => {
    const [one, two] = [node(), node()];
    const told = new Map<string, string>();
    for (const room of ['a', 'b']) {
      told.set(room, (await one.backplane.subscribe(room)).epoch);
      await two.backplane.subscribe(room);
      await one.backplane.publish(room, said('1'));
    }
    await redis.flushall();
    for (const { resets } of [one, two]) {
      await until(() => resets.length === 2, 'a reset of both rooms');
      for (const { room, position } of resets) {
        expect(position.offset).toBe(0);
        expect(position.epoch).not.toBe(told.get(room));
        expect(await one.backplane.publish(room, said('again'))).toMatchObject({ epoch: position.epoch });
      }
    }
    await expect(one.backplane.read('a', { epoch: told.get('a')!, offset: 1 })).rejects.toThrow(StreamGap);
  });

  it('begins anew when a part of it was evicted', async () => {
    const { backplane } = node();
    const { epoch } = await backplane.publish('a', said('1'));
    await backplane.publish('a', said('2'));
    await redis.del(`${prefix}{a}`);
    const anew = await backplane.publish('a', said('3'));
    expect(anew.offset).toBe(1);
    expect(anew.epoch).not.toBe(epoch);
    expect(textsOf(await backplane.read('a', { epoch: anew.epoch, offset: 0 }))).toEqual(['3']);
  });

  it.each([':stream', ':ids'])(
    'begins anew when its %s was evicted, so that no id is in one epoch twice',
    async (key) => {
      const { backplane } = node();
      const { epoch } = await backplane.publish('a', said('1', { id: 'repeated' }));
      expect(await backplane.publish('a', said('1', { id: 'repeated' }))).toEqual({ epoch, offset: 1 });
      await redis.del(`${prefix}{a}${key}`);
      const anew = await backplane.publish('a', said('1', { id: 'repeated' }));
      expect(anew).toEqual({ epoch: expect.not.stringMatching(new RegExp(`^${epoch}$`)) as string, offset: 1 });
      expect(textsOf(await backplane.read('a', { epoch: anew.epoch, offset: 0 }))).toEqual(['1']);
      await expect(backplane.locate('a', { epoch, offset: 1 })).rejects.toThrow(StreamGap);
    },
  );

  it('goes on in its epoch when everything in it was too old', async () => {
    const { backplane } = node({ limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 80 }) });
    const { epoch } = await backplane.publish('a', said('1'));
    await until(async () => (await redis.exists(`${prefix}{a}:stream`, `${prefix}{a}:ids`)) === 0, 'an empty stream');
    expect(await backplane.read('a', { epoch, offset: 1 })).toEqual([]);
    expect(await backplane.publish('a', said('2'))).toEqual({ epoch, offset: 2 });
  });
});

describe('a stream that may have lost its end', () => {
  /** As if the server were another one, which has only the first so many: a replica that had not got the others yet. */
  async function takeOver(room: string, left: number): Promise<void> {
    const key = `${prefix}{${room}}`;
    await redis.hset(key, { l: 'another', o: left });
    const entries = await redis.xrange(`${key}:stream`, '-', '+');
    for (const [id] of entries.slice(left)) await redis.xdel(`${key}:stream`, id);
    await redis.call('XSETID', `${key}:stream`, entries[left - 1][0]);
    await redis.zremrangebyscore(`${key}:ids`, `(${left}`, '+inf');
  }

  async function said4() {
    const nodes = [node(), node()];
    const [{ backplane, heard }] = nodes;
    const { epoch } = await backplane.subscribe('a');
    for (const text of ['1', '2', '3', '4']) await backplane.publish('a', said(text));
    await heard.until(4);
    return { epoch, here: nodes[0], there: nodes[1].backplane };
  }

  it.each([0, 2, 4])(
    'is told as a reset to a node that followed it further, and %d came in the place of 2',
    async (more) => {
      const { epoch, here, there } = await said4();
      await takeOver('a', 2);
      for (let n = 1; n <= more; n++) await there.publish('a', said(`other ${n}`));
      await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await until(() => here.resets.length === 1, 'a reset');
      const { position } = here.resets[0];
      expect(position.epoch).not.toBe(epoch);
      expect(await there.publish('a', said('next'))).toEqual({ epoch: position.epoch, offset: 3 + more });
      await here.heard.until(5 + more - (position.offset - 2));
      expect(here.heard.texts.at(-1)).toBe('next');
      expect(here.renewals).toEqual([]);
      await expect(there.read('a', { epoch, offset: 2 })).rejects.toThrow(StreamGap);
    },
  );

  it('goes on under another epoch at a node that followed it no further, which reads what it missed', async () => {
    const { epoch, here, there } = await said4();
    await appendUnheard('a', '5');
    await takeOver('a', 5);
    await there.publish('a', said('6'));
    await here.heard.until(6);
    expect(here.heard.texts).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(here.resets).toEqual([]);
    const now = here.heard.all[5].epoch;
    expect(now).not.toBe(epoch);
    expect(here.renewals).toEqual([{ room: 'a', position: { epoch: now, offset: 4 }, left: 5 }]);
  });

  it('has the positions of earlier epochs that are left, and no others', async () => {
    const { epoch: first, there } = await said4();
    await takeOver('a', 3);
    const { epoch: second } = await there.publish('a', said('other 4'));
    await there.publish('a', said('other 5'));
    await takeOver('a', 4);
    const { epoch: third } = await there.publish('a', said('another 5'));
    expect(new Set([first, second, third]).size).toBe(3);
    for (const [epoch, left] of [
      [first, 3],
      [second, 4],
      [third, 5],
    ] as const) {
      for (let offset = 0; offset <= left; offset++) {
        expect(await there.locate('a', { epoch, offset })).toEqual({ epoch: third, offset });
      }
      await expect(there.locate('a', { epoch, offset: left + 1 })).rejects.toThrow(StreamGap);
    }
    await expect(there.locate('a', { epoch: 'unknown', offset: 0 })).rejects.toThrow(StreamGap);
  });

  it('has in mind a bounded number of earlier epochs', async () => {
    const { backplane } = node();
    const epochs: string[] = [];
    for (let n = 0; n < 20; n++) {
      epochs.push((await backplane.publish('a', said(`${n}`))).epoch);
      await takeOver('a', n + 1);
    }
    const there = await Promise.all(
      epochs.map((epoch) =>
        backplane.locate('a', { epoch, offset: 1 }).then(
          () => true,
          () => false,
        ),
      ),
    );
    expect(there.map(Number).join('')).toBe(`${'0'.repeat(4)}${'1'.repeat(16)}`);
  });
});
