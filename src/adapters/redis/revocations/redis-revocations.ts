import { join } from 'node:path';
import { SharedRevocations } from '../../../gateway/handshake/revocations';
import type { RedisConnections } from '../redis-connections';
import { Script } from '../script';

const REVOKE = new Script(1, join(__dirname, 'revoke.lua'));
const REVOKED = new Script(1, join(__dirname, 'revoked.lua'));

/** What nodes that share a Redis know of revoked users and tokens. Lost if Redis is flushed. */
export class RedisRevocations extends SharedRevocations {
  readonly #key: string;

  constructor(private readonly redis: RedisConnections) {
    super();
    this.#key = redis.key('revoked');
    redis.define(REVOKE, REVOKED);
  }

  override async save(name: string, until: number, now: number, max: number): Promise<boolean> {
    return (await this.redis.run<number>(REVOKE, this.#key, now, until, name, max)) === 1;
  }

  override async read(now: number, max: number): Promise<[name: string, until: number][]> {
    const flat = (await this.redis.run<Buffer[]>(REVOKED, this.#key, now, max)).map(String);
    return flat.flatMap((name, i): [string, number][] => (i % 2 === 0 ? [[name, Number(flat[i + 1])]] : []));
  }
}
