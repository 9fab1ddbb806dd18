import { Redis } from 'ioredis';
import { truncateSync } from 'node:fs';
import type { StreamPage } from '../../src';
import { Backplane } from '../../src';
import { RedisConnections, RedisConnectionsOptions } from '../../src/adapters/redis';
import type { TestClient } from '../support/client';
import { dueAfter, heldBy } from '../support/held';
import { Realtime, realtime, stopAll } from '../support/realtime';
import { RedisCluster } from '../support/redis-cluster';
import { RedisServer, stopRedis } from '../support/redis-server';
import { endPrograms } from '../support/program';
import { Sentinel } from '../support/sentinel';
import { until } from '../support/until';

const ROOM = 'project:1';

jest.setTimeout(60_000);

afterEach(async () => {
  await stopAll();
  await endPrograms();
  await stopRedis();
});

/** Two servers over one Redis, and on each somebody who stays and somebody who is away when Redis loses its writes. */
async function people(place: Omit<RedisConnectionsOptions, 'prefix'>) {
  const start = () => {
    const redis = new RedisConnections({ ...place, prefix: 'app:', timeoutMs: 500, maxBackoffMs: 200 });
    return realtime({ redis, storage: false });
  };
  const nodes = await Promise.all([start(), start()]);
  const [staying, roaming] = [await Promise.all(nodes.map(enter)), await Promise.all(nodes.map(enter))];
  return new People(nodes, staying, roaming);
}

async function enter(node: Realtime): Promise<TestClient> {
  const client = await node.connect('alice');
  await client.join(ROOM);
  return client;
}

class People {
  #said = 0;

  constructor(
    readonly nodes: readonly Realtime[],
    readonly staying: readonly TestClient[],
    readonly roaming: readonly TestClient[],
  ) {}

  /** Says so many things, at both servers in turn, each as often as it takes. */
  async say(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const id = `id-${++this.#said}`;
      const { events } = this.nodes[n % this.nodes.length];
      const isSaid = () =>
        events.emit('task.created', { id }, { room: ROOM, id }).then(
          () => true,
          () => false,
        );
      await until(isSaid, 'a publication');
    }
  }

  /** Until they are where the stream ends. */
  async hear(clients: readonly TestClient[] = [...this.staying, ...this.roaming]): Promise<StreamPage> {
    const stream = await this.nodes[0].app.get(Backplane).page(ROOM, { limit: 10_000, maxBytes: Infinity });
    const hasAll = (client: TestClient): boolean => {
      const { from, ids } = heldBy(client, ROOM);
      return from + ids.length === stream.position.offset;
    };
    await until(() => clients.every(hasAll), 'the last word');
    return stream;
  }

  async goAway(): Promise<void> {
    for (const client of this.roaming) client.drop();
    await Promise.all(this.roaming.map(({ closed }) => closed));
  }

  async comeBack(): Promise<void> {
    const isBack = (client: TestClient) =>
      this.#enterAgain(client).then(
        () => true,
        () => false,
      );
    for (const client of this.roaming) await until(() => isBack(client), 'the return');
  }

  /** Fails while its server does not reach Redis. */
  async #enterAgain(client: TestClient): Promise<void> {
    client.drop();
    await client.closed;
    const since = client.rooms.get(ROOM)!.position;
    await client.connect();
    await client.next('auth_success');
    await client.join(ROOM, since);
  }

  /** Everybody has what the stream has, since they were told last; how often each was. */
  async compare(): Promise<{ staying: number[]; roaming: number[] }> {
    const stream = await this.hear();
    const told = (client: TestClient): number => {
      const held = heldBy(client, ROOM);
      expect(held.ids).toEqual(dueAfter(held.from, stream));
      expect(client.rooms.get(ROOM)!.faults).toEqual([]);
      return held.told;
    };
    return { staying: this.staying.map(told), roaming: this.roaming.map(told) };
  }
}

describe('a Redis that is restarted from an older snapshot', () => {
  it('tells those who had what came after it, and nobody else', async () => {
    const redis = await RedisServer.start();
    const room = await people({ url: redis.url });
    await room.say(20);
    await room.hear();
    await redis.command('SAVE');
    await room.goAway();
    await room.say(10);
    await room.hear(room.staying);
    await redis.kill();
    await redis.restart();
    await room.say(25);
    await room.comeBack();
    expect(await room.compare()).toEqual({ staying: [1, 1], roaming: [0, 0] });
  });

  it('makes nobody load anything when it lost nothing', async () => {
    const redis = await RedisServer.start();
    const room = await people({ url: redis.url });
    await room.say(20);
    await room.hear();
    await room.goAway();
    await redis.command('SAVE');
    await redis.kill();
    await redis.restart();
    for (const client of room.staying) await client.next('room_renewed', ({ data }) => data.room === ROOM);
    await room.comeBack();
    await room.say(5);
    expect(await room.compare()).toEqual({ staying: [0, 0], roaming: [0, 0] });
    await room.staying[0].reconnect();
    expect(await room.compare()).toEqual({ staying: [0, 0], roaming: [0, 0] });
  });

  it('tells whoever comes back with a place that was used again', async () => {
    const redis = await RedisServer.start();
    const room = await people({ url: redis.url });
    await room.say(20);
    await redis.command('SAVE');
    await room.say(10);
    await room.hear();
    await room.goAway();
    await redis.kill();
    await redis.restart();
    await room.say(30);
    await room.comeBack();
    await room.say(5);
    expect(await room.compare()).toEqual({ staying: [1, 1], roaming: [1, 1] });
  });
});

describe('a Redis whose append-only file lost its end', () => {
  it('tells those who had what was in it', async () => {
    const redis = await RedisServer.start({ durable: true });
    const room = await people({ url: redis.url });
    await room.say(20);
    await room.hear();
    await room.goAway();
    const { size, path } = redis.appended();
    await room.say(10);
    await room.hear(room.staying);
    await redis.kill();
    truncateSync(path, size);
    await redis.restart();
    await room.say(25);
    await room.comeBack();
    expect(await room.compare()).toEqual({ staying: [1, 1], roaming: [0, 0] });
  });
});

/** What the master takes from now on, its replicas do not get: they do not know the password. */
async function cutOff(master: RedisServer): Promise<void> {
  const redis = new Redis(master.port);
  await redis.config('SET', 'requirepass', 'secret');
  await redis.call('CLIENT', 'KILL', 'TYPE', 'replica');
  redis.disconnect();
}

describe('a replica that takes over without the last writes', () => {
  it('tells those who had them', async () => {
    const master = await RedisServer.start();
    const replica = await RedisServer.start({ replicaOf: master });
    const sentinel = await Sentinel.start(master);
    await sentinel.knows(replica);
    const room = await people({ sentinel: sentinel.address });
    await room.say(20);
    await room.hear();
    await until(async () => Number(await replica.command('XLEN', `app:{${ROOM}}:stream`)) === 20, 'replication');
    await room.goAway();
    await cutOff(master);
    await room.say(10);
    await room.hear(room.staying);
    await master.kill();
    await room.say(25);
    await room.comeBack();
    expect(await room.compare()).toEqual({ staying: [1, 1], roaming: [0, 0] });
  });
});

describe('a Redis Cluster whose slots move while everybody talks', () => {
  it('brings everything to everybody, and makes nobody load anything', async () => {
    const cluster = await RedisCluster.start();
    const room = await people({ cluster: { nodes: cluster.addresses } });
    await room.say(10);
    await room.hear();
    await room.goAway();
    let moving = true;
    const talking = (async () => {
      while (moving) await room.say(2);
    })();
    const key = `app:{${ROOM}}`;
    for (const node of [...cluster.nodes, ...cluster.nodes]) {
      if ((await cluster.masterOf(key)) !== node) await cluster.move(key, node);
    }
    moving = false;
    await talking;
    await room.comeBack();
    await room.say(2);
    expect(await room.compare()).toEqual({ staying: [0, 0], roaming: [0, 0] });
  });
});
