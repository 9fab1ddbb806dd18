import { RedisServer } from '../support/redis-server';
import { OVER_REDIS, PeerName } from './peers/peer';
import { ServerProcess } from './server-process';

/** Microseconds of CPU, by who used them. */
export interface Shares {
  readonly publisher: number;
  readonly subscriber: number;
  readonly redis: number;
}

/** Two nodes and their Redis; or, without one, a node that is both. */
export class RedisSite {
  private constructor(
    readonly publisher: ServerProcess,
    readonly subscriber: ServerProcess,
    readonly redis: RedisServer | undefined,
  ) {}

  static async start(peer: PeerName): Promise<RedisSite> {
    if (peer !== OVER_REDIS) {
      const both = await ServerProcess.start(peer);
      return new RedisSite(both, both, undefined);
    }
    const redis = await RedisServer.start();
    const [one, two] = await Promise.all([1, 2].map(() => ServerProcess.start(peer, [], redis.url)));
    return new RedisSite(one, two, redis);
  }

  async cpu(): Promise<Shares> {
    const apart = this.publisher !== this.subscriber;
    const publisher = await this.publisher.cpu();
    const subscriber = apart ? await this.subscriber.cpu() : 0;
    const seconds = (await this.#info('cpu', 'used_cpu_user')) + (await this.#info('cpu', 'used_cpu_sys'));
    return { publisher, subscriber, redis: seconds * 1e6 };
  }

  /** What Redis holds, its clients' buffers apart. */
  async redisBytes(): Promise<number> {
    return (await this.#info('memory', 'used_memory')) - (await this.#info('memory', 'mem_clients_normal'));
  }

  async stop(): Promise<void> {
    await this.subscriber.stop();
    if (this.publisher !== this.subscriber) await this.publisher.stop();
    await this.redis?.stop();
  }

  async #info(section: string, name: string): Promise<number> {
    const text = (await this.redis?.command('INFO', section)) as string | undefined;
    return Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text ?? '')?.[1] ?? 0);
  }
}

/** What one unit of something took between two looks. */
export function perUnit(before: Shares, after: Shares, units: number): Shares {
  const share = (who: keyof Shares): number => (after[who] - before[who]) / units;
  return { publisher: share('publisher'), subscriber: share('subscriber'), redis: share('redis') };
}

export function total({ publisher, subscriber, redis }: Shares): number {
  return publisher + subscriber + redis;
}

export function inWords({ publisher, subscriber, redis }: Shares): string {
  const [one, two, three] = [publisher, subscriber, redis].map((micros) => micros.toFixed(1));
  return `(publisher ${one}, subscriber ${two}, Redis ${three})`;
}
