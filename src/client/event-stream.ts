import { RealtimeClientError } from './client-error';

/** @default 1000 */
export const DEFAULT_BUFFER = 1_000;

export interface EventStreamOptions {
  /** How many events may wait to be read; over it the loop ends with `overflow`. @default 1000 */
  readonly buffer?: number;
}

const OVER: IteratorReturnResult<undefined> = { value: undefined, done: true };

interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: RealtimeClientError) => void;
}

/** Events as a loop reads them: in order, none left out without an error. Ends with the loop, or when the room is left. */
export class EventStream<T> implements AsyncIterableIterator<T, undefined> {
  readonly #events: T[] = [];
  readonly #waiting: Waiting<T>[] = [];
  #done = false;
  #error: RealtimeClientError | undefined;
  #stop: () => void;

  /** `listen` begins to push and returns what ends that. */
  constructor(
    listen: (stream: EventStream<T>) => () => void,
    private readonly buffer: number,
  ) {
    this.#stop = listen(this);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(event: T): void {
    if (this.#done) return;
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve({ value: event, done: false });
    else if (this.#events.length < this.buffer) this.#events.push(event);
    else this.end(new RealtimeClientError('overflow', `${this.buffer} events wait already.`));
  }

  /** What is here already can still be read; then it is over, or fails. */
  end(error?: RealtimeClientError): void {
    if (this.#done) return;
    this.#done = true;
    this.#stop();
    const first = this.#waiting.shift();
    if (error && first) first.reject(error);
    else {
      this.#error = error;
      first?.resolve(OVER);
    }
    for (const { resolve } of this.#waiting.splice(0)) resolve(OVER);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#events.length) return Promise.resolve({ value: this.#events.shift()!, done: false });
    const error = this.#error;
    this.#error = undefined;
    if (error) return Promise.reject(error);
    if (this.#done) return Promise.resolve(OVER);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#events.length = 0;
    this.end();
    return Promise.resolve(OVER);
  }
}
