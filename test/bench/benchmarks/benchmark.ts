import type { Sample } from '../measure';
import type { PeerName } from '../peers/peer';

export interface Benchmark {
  readonly name: string;
  /** What is done, in the words of the table. */
  readonly title: string;
  readonly unit: string;
  readonly peers: readonly PeerName[];
  /** One run on a fresh server process. `scale` shortens it: 1 is the full length. */
  run(peer: PeerName, scale: number): Promise<Sample>;
}
