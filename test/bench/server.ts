import { startNestWs, startSocketIo } from './peers/nest';
import { startOurs } from './peers/ours';
import type { PeerName, PeerServer } from './peers/peer';
import { startRawWs } from './peers/raw-ws';
import { startSendLoop } from './peers/send-loop';

/** What the load generator asks of the server process. */
export type Request =
  | { readonly ask: 'broadcast'; readonly first: number; readonly count: number; readonly filling?: string }
  | { readonly ask: 'usage' };

/** What the server took so far. */
export interface Usage {
  /** Microseconds of CPU since it started. */
  readonly cpuMicros: number;
  /** Heap in use and native memory, without what the heap holds in reserve: that comes in steps of megabytes. */
  readonly bytes: number;
}

const START: Readonly<Record<PeerName, () => Promise<PeerServer>>> = {
  ours: () => startOurs(),
  'ours-metrics': () => startOurs({ metrics: { enabled: true } }),
  'raw-ws': () => startRawWs(),
  'nest-ws': startNestWs,
  'socket-io': startSocketIo,
  'c-send-loop': startSendLoop,
  'ours-msgpack': () => startOurs(),
  'ours-deflate': () => startOurs({ compression: { enabled: true } }),
  'raw-ws-deflate': () => startRawWs(true),
};

async function main(): Promise<void> {
  const peer = await START[process.argv[2] as PeerName]();
  process.on('message', (request: Request) => {
    if (request.ask === 'broadcast') void peer.broadcast(request.first, request.count, request.filling);
    else void usage(peer).then((told) => process.send!(told));
  });
  process.on('disconnect', () => process.exit());
  process.send!({ port: peer.port });
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
