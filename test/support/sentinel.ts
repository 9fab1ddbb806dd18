import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Program, temporaryDirectory } from './program';
import { commandAt, freePorts, RedisServer } from './redis-server';
import { until } from './until';

const NAME = 'rooms';
const directory = temporaryDirectory();

/** A sentinel that is quick to find a master dead, and to promote its replica. Ends with the test file's programs. */
export class Sentinel {
  private constructor(readonly port: number) {}

  static async start(master: RedisServer): Promise<Sentinel> {
    const [port] = await freePorts(1);
    const config = join(directory, `sentinel-${port}.conf`);
    const lines = [
      `port ${port}`,
      `dir ${directory}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${master.port} 1`,
      `sentinel down-after-milliseconds ${NAME} 300`,
      `sentinel failover-timeout ${NAME} 2000`,
    ];
    writeFileSync(config, lines.join('\n'));
    await new Program('redis-server', [config, '--sentinel']).prints(/Sentinel ID is/);
    return new Sentinel(port);
  }

  /** What a client is told about it. */
  get address() {
    return { nodes: [{ host: '127.0.0.1', port: this.port }], name: NAME };
  }

  /** Until the replica is there, and could take over. */
  async knows(replica: RedisServer): Promise<void> {
    await until(async () => String(await replica.command('ROLE')).includes('connected'), 'replication');
    const replicas = () => commandAt(this.port, 'SENTINEL', 'REPLICAS', NAME);
    await until(async () => String(await replicas()).includes(`${replica.port}`), 'a sentinel that knows the replica');
  }
}
