import { catchError, NEVER, Observable } from 'rxjs';
import { isPromise } from '../async/maybe-promise';
import { ThrottledLogger } from './throttled-logger';

/**
 * Where an adapter of the host fails and nobody waits for its answer: the failure goes to the log. It would else end the
 * process, as an unhandled rejection or from within the event of a socket.
 */
export class AdapterFailures {
  readonly #log = new ThrottledLogger();

  /** @param adapter its port, for the log */
  constructor(private readonly adapter: string) {}

  /** Calls it: what it throws, and what its promise rejects with, is logged. */
  contain(call: () => unknown): void {
    try {
      this.watch(call());
    } catch (error) {
      this.#failed(error);
    }
  }

  /** A method that should answer nothing may be asynchronous all the same. */
  watch(answer: unknown): void {
    if (isPromise(answer)) Promise.resolve(answer).catch((error: unknown) => this.#failed(error));
  }

  /** What it tells; after an error it tells no more. */
  from<T>(source: Observable<T>): Observable<T> {
    return source.pipe(
      catchError((error: unknown) => {
        this.#failed(error);
        return NEVER;
      }),
    );
  }

  #failed(error: unknown): void {
    const text = `${this.adapter} failed`;
    this.#log.error(text, `${text}: ${String(error)}`, error instanceof Error ? error.stack : undefined);
  }
}
