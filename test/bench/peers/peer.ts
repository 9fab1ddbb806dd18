/** What the server process of a benchmark does, whichever library it is made of. */
export interface PeerServer {
  readonly port: number;
  /** Says something to everybody in the room `bench`, `count` times in this turn. `n` counts on. */
  broadcast(firstN: number, count: number): void | Promise<unknown>;
}

/** How a benchmark client talks to a peer. `n` stands in every frame as `"n":<digits>`. */
export interface Dialect {
  readonly path: string;
  readonly usesToken: boolean;
  /** Text frames sent right after the upgrade, each waiting for the frame that answers the one before. */
  greeting(room: string): { readonly await?: string; readonly send?: string }[];
  ping(n: number): string;
  /** Says something to the members of a room, the sender included. */
  say(room: string, n: number): string;
  /** Marks the frames that `say` and `broadcast` lead to. */
  readonly said: string;
  /** Marks the replies to `ping`. */
  readonly pong: string;
  /** The answer to a keep-alive frame of the peer's own, if it has one. */
  keepAlive?(payload: string): string | undefined;
}

export const PEERS = ['ours', 'raw-ws', 'nest-ws', 'socket-io'] as const;
export type PeerName = (typeof PEERS)[number];

export const BENCH_SECRET = 'the benchmarks sign with this secret of 32+ bytes';

/** Fills a frame up to 256 bytes: the envelopes of the peers differ in length. */
export function pad(envelope: number): string {
  return 'x'.repeat(Math.max(0, 256 - envelope));
}
