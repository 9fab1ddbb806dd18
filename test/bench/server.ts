import { PostgresStorage } from '../../src/adapters/postgres';
import { RedisBackplane } from '../../src/adapters/redis';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { LoopWatch } from './loop-delay';
import { startNestWs, startSocketIo } from './peers/nest';
import { startOurs } from './peers/ours';
import type { BEFORE, PeerName, PeerServer } from './peers/peer';
import { startRawWs } from './peers/raw-ws';
import { startSendLoop } from './peers/send-loop';
import { Profile } from './profile';

/** What the load generator asks of the server process. */
export type Request =
  | { readonly ask: 'broadcast'; readonly first: number; readonly count: number; readonly filling?: string }
  | { readonly ask: 'spread'; readonly first: number; readonly count: number; readonly rooms: number }
  | { readonly ask: 'usage' }
  /** Without what a collection of garbage takes. */
  | { readonly ask: 'cpu' }
  /** From now on the event loop's delay is measured, until it is asked for. */
  | { readonly ask: 'watch-loop' }
  | { readonly ask: 'loop' }
  /** From now on it is seen what the server does, until it is asked for the share of listening. */
  | { readonly ask: 'profile' }
  | { readonly ask: 'listening' };

/** What the server took so far. */
export interface Usage {
  /** Microseconds of CPU since it started. */
  readonly cpuMicros: number;
  /** Heap in use and native memory, without what the heap holds in reserve: that comes in steps of megabytes. */
  readonly bytes: number;
}

type Startable = Exclude<PeerName, typeof BEFORE>;

const START: Readonly<Record<Startable, (place: string) => Promise<PeerServer>>> = {
  ours: () => startOurs(),
  'ours-metrics': () => startOurs({ metrics: {} }),
  'raw-ws': () => startRawWs(),
  'nest-ws': startNestWs,
  'socket-io': startSocketIo,
  'c-send-loop': startSendLoop,
  'ours-redis': () => startOurs({ backplane: new RedisBackplane({ url: process.argv[3], prefix: 'bench:' }) }),
  'ours-msgpack': () => startOurs({ messagePack: { enabled: true } }),
  'ours-deflate': () => startOurs({ compression: { enabled: true } }),
  'raw-ws-deflate': () => startRawWs(true),
  'ours-sqlite': (file) => startOurs({ storage: new SqliteStorage({ file }), chat: {} }),
  'ours-postgres': (url) => startOurs({ storage: new PostgresStorage({ url }), chat: {} }),
};

async function main(): Promise<void> {
  const peer = await START[process.argv[2] as Startable](process.argv[3]);
  process.on('message', (request: Request) => void answer(peer, request));
  process.on('disconnect', () => process.exit());
  process.send!({ port: peer.port });
}

const loop = new LoopWatch();
const profile = new Profile();

async function answer(peer: PeerServer, request: Request): Promise<void> {
  switch (request.ask) {
    case 'broadcast':
      return void peer.broadcast(request.first, request.count, request.filling);
    case 'spread':
      return void peer.spread!(request.first, request.count, request.rooms);
    case 'usage':
      return void process.send!(await usage(peer));
    case 'cpu':
      return void process.send!({ cpuMicros: await cpuMicros(peer), bytes: 0 });
    case 'watch-loop':
      return void loop.start();
    case 'loop':
      return void process.send!(loop.stop());
    case 'profile':
      await profile.start();
      return void process.send!({});
    case 'listening':
      return void process.send!({ share: await profile.stop() });
  }
}

async function cpuMicros(peer: PeerServer): Promise<number> {
  const { user, system } = process.cpuUsage();
  return (await peer.cpuMicros?.()) ?? user + system;
}

async function usage(peer: PeerServer): Promise<Usage> {
  const micros = await cpuMicros(peer);
  await collectGarbage();
  const { heapUsed, heapTotal, rss } = process.memoryUsage();
  return { cpuMicros: micros, bytes: rss - heapTotal + heapUsed };
}

/** What finalizers and later turns let go of is gone, too. */
async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

void main();
