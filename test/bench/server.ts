import { monitorEventLoopDelay } from 'node:perf_hooks';
import { PostgresStorage, SqliteStorage } from '../../src';
import { startNestWs, startSocketIo } from './peers/nest';
import { startOurs } from './peers/ours';
import type { PeerName, PeerServer } from './peers/peer';
import { startRawWs } from './peers/raw-ws';
import { startSendLoop } from './peers/send-loop';

/** What the load generator asks of the server process. */
export type Request =
  | { readonly ask: 'broadcast'; readonly first: number; readonly count: number; readonly filling?: string }
  | { readonly ask: 'usage' }
  /** From now on the event loop's delay is measured, until it is asked for. */
  | { readonly ask: 'watch-loop' }
  | { readonly ask: 'loop' };

/** What the server took so far. */
export interface Usage {
  /** Microseconds of CPU since it started. */
  readonly cpuMicros: number;
  /** Heap in use and native memory, without what the heap holds in reserve: that comes in steps of megabytes. */
  readonly bytes: number;
}

/** How late the event loop came to a timer of 1 ms. */
export interface LoopDelay {
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
}

const START: Readonly<Record<PeerName, (place: string) => Promise<PeerServer>>> = {
  ours: () => startOurs(),
  'raw-ws': () => startRawWs(),
  'nest-ws': startNestWs,
  'socket-io': startSocketIo,
  'c-send-loop': startSendLoop,
  'ours-msgpack': () => startOurs(),
  'ours-deflate': () => startOurs({ compression: { enabled: true } }),
  'raw-ws-deflate': () => startRawWs(true),
  'ours-sqlite': (file) => startOurs({ storage: new SqliteStorage({ file }) }),
  'ours-postgres': (url) => startOurs({ storage: new PostgresStorage({ url }) }),
};

async function main(): Promise<void> {
  const peer = await START[process.argv[2] as PeerName](process.argv[3]);
  process.on('message', (request: Request) => {
    if (request.ask === 'broadcast') void peer.broadcast(request.first, request.count, request.filling);
    else if (request.ask === 'usage') void usage(peer).then((told) => process.send!(told));
    else if (request.ask === 'watch-loop') loop.enable();
    else process.send!(loopDelay());
  });
  process.on('disconnect', () => process.exit());
  process.send!({ port: peer.port });
}

const loop = monitorEventLoopDelay({ resolution: 1 });

function loopDelay(): LoopDelay {
  loop.disable();
  const delay = { loopP99Ms: loop.percentile(99) / 1e6 - 1, loopMaxMs: loop.max / 1e6 - 1 };
  loop.reset();
  return delay;
}

async function usage(peer: PeerServer): Promise<Usage> {
  const { user, system } = process.cpuUsage();
  const micros = (await peer.cpuMicros?.()) ?? user + system;
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
