import { createHash } from 'node:crypto';

/** What the server process of a benchmark does, whichever library it is made of. */
export interface PeerServer {
  readonly port: number;
  /** Says something to everybody in the room `bench`, `count` times in this turn, in frames of 256 bytes unless told. `n` counts on. */
  broadcast(firstN: number, count: number, filling?: string): void | Promise<unknown>;
  /** The same, but each of the `count` goes into another one of so many rooms: `n` into `room<n % rooms>`. */
  spread?(firstN: number, count: number, rooms: number): void | Promise<unknown>;
  /** Microseconds of CPU since the server started, where that is not this process. */
  cpuMicros?(): Promise<number>;
}

/** Waits for a frame that holds this, or sends one. */
export interface Step {
  readonly await?: string;
  readonly send?: string;
}

/** How a benchmark client talks to a peer. `n` stands in every frame as `"n":<digits>`. */
export interface Dialect {
  readonly path: string;
  /** Further header lines of its upgrade request. */
  readonly upgrade?: readonly string[];
  /** What its clients send, where that is not text. */
  encode?(json: string): Uint8Array;
  readonly usesToken: boolean;
  /** What makes a connection of the upgrade: text frames, each waiting for the frame that answers the one before. */
  readonly greeting: readonly Step[];
  /** What puts it into a room. */
  join(room: string): readonly Step[];
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
/** A C program that only sends: `cc` must be there. */
export const FLOOR = 'c-send-loop';
/** In other forms on the wire than plain JSON. */
export const FORMS = ['ours-msgpack', 'ours-deflate', 'raw-ws-deflate'] as const;
/** With a database behind it. */
export const STORES = ['ours-sqlite', 'ours-postgres'] as const;
export type StoreName = (typeof STORES)[number];
/** With its streams in Redis. */
export const OVER_REDIS = 'ours-redis';
/** With metrics on, so that somebody listens to each turn; nobody scrapes. */
export const LISTENED = 'ours-metrics';
/** Ours as it was built in another checkout, named by `--before`. */
export const BEFORE = 'before';
export type PeerName =
  | (typeof PEERS)[number]
  | (typeof FORMS)[number]
  | StoreName
  | typeof FLOOR
  | typeof LISTENED
  | typeof OVER_REDIS
  | typeof BEFORE;

export const BENCH_SECRET = 'the benchmarks sign with this secret of 32+ bytes';

/** Like a board's tasks as JSON: ids that do not compress, and words that do. */
export function tasks(bytes: number): string {
  let text = '';
  for (let i = 0; text.length < bytes; i++) {
    const id = createHash('sha256').update(String(i)).digest('base64url').slice(0, 21);
    text += `{'id':'${id}','title':'${WORDS[i % 7]} the ${WORDS[(i * 3) % 7]}','status':'open','points':${i % 13}},`;
  }
  return text.slice(0, bytes);
}

const WORDS = ['paint', 'door', 'review', 'release', 'window', 'measure', 'garden'];

/** Fills a frame up to 256 bytes: the envelopes of the peers differ in length. */
export function pad(envelope: number): string {
  return 'x'.repeat(Math.max(0, 256 - envelope));
}
