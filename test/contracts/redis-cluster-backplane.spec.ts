import { Logger } from '@nestjs/common';
import type { Reset } from '../../src';
import { RedisBackplane } from '../../src/adapters/redis';
import { RedisCluster } from '../support/redis-cluster';
import { stopRedis } from '../support/redis-server';
import { until } from '../support/until';
import { describeBackplane, Heard, MakeBackplane, said } from './backplane';

let cluster: RedisCluster;
let prefixes = 0;

beforeAll(async () => {
  Logger.overrideLogger(false);
  cluster = await RedisCluster.start();
}, 60_000);

afterAll(stopRedis);

const make: MakeBackplane = async (retention) => {
  const backplane = new RedisBackplane({ cluster: { nodes: cluster.addresses }, prefix: `test${++prefixes}:` });
  backplane.configure({
    limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 86_400_000 }),
    maxTotalBytes: 256 * 1024 * 1024,
    ...retention,
  });
  return backplane;
};

describeBackplane('RedisBackplane on a cluster', make);

describe('RedisBackplane on a cluster', () => {
  const running: RedisBackplane[] = [];

  afterEach(async () => {
    for (const backplane of running.splice(0)) await backplane.close();
  });

  /** Two nodes, one that speaks in some rooms and one that listens. */
  function twoNodes(prefix: string) {
    const node = () => {
      const backplane = new RedisBackplane({ cluster: { nodes: cluster.addresses }, prefix, timeoutMs: 500 });
      running.push(backplane);
      return backplane;
    };
    const [speaker, listener] = [node(), node()];
    const rooms = Array.from({ length: 30 }, (_, i) => `room:${i}`);
    const heard = new Heard(listener);
    const offsetsOf = (room: string) => heard.all.filter((each) => each.room === room).map(({ offset }) => offset);
    return { speaker, listener, rooms, heard, offsetsOf };
  }

  it('has rooms on all its nodes', async () => {
    const { speaker, listener, rooms, heard, offsetsOf } = twoNodes('spread:');
    await Promise.all(rooms.map((room) => listener.subscribe(room)));
    const masters = new Set<unknown>();
    for (const room of rooms) masters.add(await cluster.masterOf(`spread:{${room}}`));
    expect(masters.size).toBe(3);
    await Promise.all(rooms.flatMap((room) => ['1', '2'].map((text) => speaker.publish(room, said(text)))));
    await heard.until(2 * rooms.length);
    for (const room of rooms) expect(offsetsOf(room)).toEqual([1, 2]);
  });

  it('goes on when a slot moves to another node, with what is in it and who listens', async () => {
    const { speaker, listener, rooms, offsetsOf } = twoNodes('move:');
    await Promise.all(rooms.map((room) => listener.subscribe(room)));
    const [room] = rooms;
    const key = `move:{${room}}`;
    const { epoch } = await speaker.publish(room, said('first'));
    const resets: Reset[] = [];
    listener.resets.subscribe((reset) => resets.push(reset));
    let moving = true;
    let last = 1;
    const speaking = (async () => {
      while (moving) {
        const { offset } = await speaker.publish(room, said('while it moves'));
        expect(offset).toBe(++last);
      }
    })();
    for (const node of [...cluster.nodes, cluster.nodes[0]]) {
      if ((await cluster.masterOf(key)) !== node) await cluster.move(key, node);
    }
    moving = false;
    await speaking;
    const end = await speaker.publish(room, said('last'));
    expect(end.offset).toBe(last + 1);
    expect(end.epoch).not.toBe(epoch);
    await until(() => offsetsOf(room).at(-1) === last + 1, 'the last publication');
    expect(offsetsOf(room)).toEqual(Array.from({ length: last + 1 }, (_, i) => i + 1));
    expect(last).toBeGreaterThan(20);
    expect(resets).toEqual([]);
    expect(await speaker.locate(room, { epoch, offset: 1 })).toEqual({ epoch: end.epoch, offset: 1 });
  });

  it('loses a node and gets it back: its rooms begin anew and say so, the others go on', async () => {
    const { speaker, listener, rooms, heard } = twoNodes('lose:');
    const resets = new Set<string>();
    listener.resets.subscribe(({ room }) => resets.add(room));
    const states: string[] = [];
    speaker.state.subscribe((state) => states.push(state));
    for (const room of rooms) {
      await listener.subscribe(room);
      await speaker.publish(room, said('1'));
    }
    await heard.until(rooms.length);
    const lost = cluster.nodes[2];
    const itsRooms: string[] = [];
    for (const room of rooms) if ((await cluster.masterOf(`lose:{${room}}`)) === lost) itsRooms.push(room);
    const others = rooms.filter((room) => !itsRooms.includes(room));

    await lost.kill();
    await expect(speaker.publish(itsRooms[0], said('refused'))).rejects.toMatchObject({ code: 'unavailable' });
    await until(() => states.at(-1) === 'degraded', 'degraded');
    await lost.restart();
    await cluster.isWhole();
    await until(() => states.at(-1) === 'connected', 'connected');
    await until(() => resets.size === itsRooms.length, 'resets');
    expect([...resets].sort()).toEqual([...itsRooms].sort());
    for (const room of rooms) {
      const { offset } = await speaker.publish(room, said('again'));
      expect(offset).toBe(itsRooms.includes(room) ? 1 : 2);
    }
    await until(() => heard.texts.filter((text) => text === 'again').length === rooms.length, 'what follows');
    expect(others.length).toBeGreaterThan(10);
  });
});
