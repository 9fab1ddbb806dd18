import type { ServerFrame } from '../protocol/frames';
import type { Received } from './received';

type Matches = (frame: Received) => boolean;

interface Waiting {
  readonly matches: Matches;
  readonly found: (frame: Received) => void;
  readonly fail: (error: Error) => void;
  readonly what: string;
}

/** How many of the frames that came instead are shown, and how much of each. */
const SHOWN = 5;
const SHOWN_CHARACTERS = 160;

/** Every frame that came to a client, until a test asks for it. */
export class FrameQueue {
  readonly frames: Received[] = [];
  /** Frames no test has asked for yet. */
  readonly unread: Received[] = [];
  readonly #waiting = new Set<Waiting>();
  /** Why nothing more comes. */
  #ended: string | undefined;

  constructor(private readonly name: string) {}

  receive(frame: Received): void {
    this.frames.push(frame);
    const waiting = [...this.#waiting].find(({ matches }) => matches(frame));
    if (!waiting) return void this.unread.push(frame);
    // Before it knows: the next frame may come in the same turn.
    this.#waiting.delete(waiting);
    waiting.found(frame);
  }

  begin(): void {
    this.#ended = undefined;
  }

  /** Nothing more comes: who waits is told why. */
  end(why: string): void {
    this.#ended = why;
    for (const { fail, what } of this.#waiting) fail(this.#missing(`waited for ${what}, but ${why}.`));
  }

  /** The first frame that matches, once. @throws Error that shows what came instead */
  async take(matches: Matches, what: string, patienceMs: number): Promise<Received> {
    const at = this.unread.findIndex(matches);
    if (at >= 0) return this.unread.splice(at, 1)[0];
    if (this.#ended) throw this.#missing(`waited for ${what}, but ${this.#ended}.`);
    return this.#wait(matches, what, patienceMs);
  }

  async #wait(matches: Matches, what: string, patienceMs: number): Promise<Received> {
    let waiting: Waiting | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Received>((found, fail) => {
        this.#waiting.add((waiting = { matches, found, fail, what }));
        timer = setTimeout(() => fail(this.#missing(`waited ${patienceMs} ms for ${what}.`)), patienceMs);
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiting!);
    }
  }

  #missing(what: string): Error {
    const shown = this.unread.slice(-SHOWN).map((frame) => `\n  ${showFrame(frame)}`);
    const before = this.unread.length - shown.length;
    const more = before > 0 ? ` after ${before} others` : '';
    return new Error(`${this.name} ${what} What came instead${more}: ${shown.join('') || 'nothing'}`);
  }
}

/** A frame in one line, cut where it is long. */
export function showFrame({ type, data, room, offset }: ServerFrame): string {
  const where = room === undefined ? '' : ` in ${room}${offset === undefined ? '' : ` at ${offset}`}`;
  const body = JSON.stringify(data) ?? '';
  return `${type}${where} ${body.length > SHOWN_CHARACTERS ? `${body.slice(0, SHOWN_CHARACTERS)}…` : body}`;
}
