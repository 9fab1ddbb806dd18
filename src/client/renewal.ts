import type { ServerFrame } from '../protocol/frames';
import { Backoff } from './backoff';
import type { ResolvedClientOptions } from './client.options';
import { Timer } from './clock';
import type { Requests } from './requests';

/** When of the time that is left a new token is shown: not all clients at once, and a short-lived one not in a rush. */
const EARLIEST = 0.1;
const LATEST = 0.3;

/** Shows a new token before the old one expires, so that the connection stays. */
export class Renewal {
  readonly #timer: Timer;
  readonly #backoff: Backoff;
  #connection = 0;

  constructor(
    private readonly options: ResolvedClientOptions,
    private readonly requests: Requests,
    private readonly failed: (error: unknown) => void,
  ) {
    this.#timer = new Timer(options.clock);
    this.#backoff = new Backoff(options.backoff);
  }

  /** The server said when: by its own clock, which may not be ours. */
  expiring({ timestamp, data }: ServerFrame): void {
    const { expires_at } = data as { expires_at: string };
    const leftMs = Math.max(0, Date.parse(expires_at) - Date.parse(timestamp));
    this.#backoff.reset();
    this.#renewIn(leftMs * (EARLIEST + Math.random() * (LATEST - EARLIEST)));
  }

  /** There is no connection to keep any more. */
  stop(): void {
    this.#connection++;
    this.#timer.clear();
  }

  #renewIn(ms: number): void {
    this.#timer.set(ms, () => void this.#renew(this.#connection));
  }

  async #renew(connection: number): Promise<void> {
    const fail = (error: unknown): void => {
      if (connection !== this.#connection) return;
      this.failed(error);
      this.#renewIn(this.#backoff.next());
    };
    try {
      const token = await this.options.token?.();
      if (connection !== this.#connection || token === undefined) return;
      const data = { token };
      this.requests.submit({ type: 'authenticate', data, bound: true, reply: () => undefined, fail });
    } catch (error) {
      fail(error);
    }
  }
}
