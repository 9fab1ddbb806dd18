import { PostgresStorage, SqliteStorage } from '../../src';
import { LoopWatch } from './loop-delay';
import { startNestWs, startSocketIo } from './peers/nest';
import { startOurs } from './peers/ours';
import type { PeerName, PeerServer } from './peers/peer';
import { startRawWs } from './peers/raw-ws';

/** What the load generator asks of the server process. */
export type Request =
  | { readonly ask: 'broadcast'; readonly first: number; readonly count: number; readonly filling?: string }
  | { readonly ask: 'usage' }
  /** From now on the event loop's delay is measured, until it is asked for. */
  | { readonly ask: 'watch-loop' }
  | { readonly ask: 'loop' };

/** Microseconds of CPU since the process started, and bytes after a collection of garbage. */
export interface Usage {
  readonly cpuMicros: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

const START: Readonly<Record<PeerName, (place: string) => Promise<PeerServer>>> = {
  ours: () => startOurs(),
  'raw-ws': () => startRawWs(),
  'nest-ws': startNestWs,
  'socket-io': startSocketIo,
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
    else if (request.ask === 'usage') process.send!(usage());
    else if (request.ask === 'watch-loop') loop.start();
    else process.send!(loop.stop());
  });
  process.on('disconnect', () => process.exit());
  process.send!({ port: peer.port });
}

const loop = new LoopWatch();

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { cpuMicros: user + system, heapBytes: heapUsed + external, rssBytes: rss };
}

void main();
