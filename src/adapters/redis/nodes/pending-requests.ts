import { RealtimeError } from '../../../protocol/errors';
import type { NodeResult } from '../../../nodes/nodes';
import type { Answered } from './message';

/** What came of a question to the other nodes. */
export interface Settled {
  readonly outcomes: ReadonlyMap<string, NodeResult>;
  readonly unanswered: readonly string[];
}

/** One question, until all have answered, or their time is over. */
export class Ask {
  readonly settled: Promise<Settled>;
  readonly #outcomes = new Map<string, NodeResult>();
  /** Who is to answer, once it is known. */
  #expected: readonly string[] | undefined;
  readonly #timer: NodeJS.Timeout;
  #resolve!: (settled: Settled) => void;
  #reject!: (error: unknown) => void;

  constructor(
    readonly id: number,
    private readonly timeoutMs: number,
    private readonly ended: () => void,
  ) {
    this.settled = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#timer = setTimeout(() => this.#timeOut(), timeoutMs);
  }

  /** Who was there when it was asked. Others may have come since: what they answer counts, too. */
  expect(nodes: readonly string[]): void {
    this.#expected = nodes;
    this.#endIfComplete();
  }

  answer(node: string, outcome: NodeResult): void {
    this.#outcomes.set(node, outcome);
    this.#endIfComplete();
  }

  fail(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  #timeOut(): void {
    if (this.#expected) return this.#finish();
    this.fail(new RealtimeError('unavailable', `Redis did not answer within ${this.timeoutMs} ms.`));
  }

  #endIfComplete(): void {
    if (this.#expected?.every((node) => this.#outcomes.has(node))) this.#finish();
  }

  #finish(): void {
    this.#end();
    const unanswered = this.#expected!.filter((node) => !this.#outcomes.has(node));
    this.#resolve({ outcomes: this.#outcomes, unanswered });
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.ended();
  }
}

/** The questions of this node that are not settled, so many at most. */
export class PendingRequests {
  readonly #open = new Map<number, Ask>();
  #ids = 0;

  constructor(private readonly max: number) {}

  /** @throws RealtimeError `unavailable` when there are too many */
  begin(timeoutMs: number): Ask {
    if (this.#open.size >= this.max) {
      throw new RealtimeError(
        'unavailable',
        `${this.max} requests to other nodes are pending already. Try again later.`,
      );
    }
    const id = ++this.#ids;
    const ask = new Ask(id, timeoutMs, () => this.#open.delete(id));
    this.#open.set(id, ask);
    return ask;
  }

  /** What comes too late is nobody's any more. */
  answer({ ask, node, outcome }: Answered): void {
    this.#open.get(ask)?.answer(node, outcome);
  }

  close(): void {
    for (const ask of this.#open.values()) ask.fail(new RealtimeError('unavailable', 'This node is shutting down.'));
  }
}
