import type { Sample } from '../measure';
import { OVER_REDIS, PeerName } from '../peers/peer';
import { perUnit, RedisSite, Shares } from '../redis-site';
import type { Benchmark } from './benchmark';

/** What a connection and a join take of a node and of Redis. */
export function redisRooms(connections: number): Benchmark {
  return {
    name: 'redis-rooms',
    title: 'connecting, each a user of their own, and joining a room nobody is in',
    unit: 'µs CPU of Redis per connection',
    peers: [OVER_REDIS],
    run: (peer, scale) => run(peer, Math.ceil(connections * scale)),
  };
}

interface Step extends Shares {
  readonly redisBytes: number;
}

async function run(peer: PeerName, connections: number): Promise<Sample> {
  const site = await RedisSite.start(peer);
  let users = 0;
  try {
    const step = async (roomOf: (index: number) => string | undefined): Promise<Step> => {
      const bytes = await site.redisBytes();
      const before = await site.cpu();
      // A user who is there already has a room of their own already.
      await site.subscriber.connect(connections, roomOf, true, (users += connections));
      const shares = perUnit(before, await site.cpu(), connections);
      return { ...shares, redisBytes: ((await site.redisBytes()) - bytes) / connections };
    };
    await step(() => 'warm');
    const start = performance.now();
    const alone = await step(() => undefined);
    const rate = connections / ((performance.now() - start) / 1000);
    const own = await step((i) => `own${i}`);
    const shared = await step((i) => `own${i}`);
    const lines = [line('connection', alone), line('and a join of a new room', own), line('or of a known one', shared)];
    return { perUnit: alone.redis, rate, parts: lines.join('') };
  } finally {
    await site.stop();
  }
}

function line(what: string, { subscriber, redis, redisBytes }: Step): string {
  return `\n  ${what}: node ${subscriber.toFixed(0)} µs, Redis ${redis.toFixed(1)} µs and ${redisBytes.toFixed(0)} bytes`;
}
