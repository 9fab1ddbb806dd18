import { TokenBucket } from '../connections/token-bucket';
import type { Bucket } from '../options/bucket';

/** In a room with more connections a byte costs more: so many of them cost what one byte does. */
const CONNECTIONS_PER_BYTE = 100;
const MIN_BEFORE_PRUNING = 64;

/** What each user may still say in one room, in bytes. Those who said nothing for a while are forgotten. */
export class Senders {
  readonly #budgets = new Map<string, TokenBucket>();
  #pruneAt = MIN_BEFORE_PRUNING;

  constructor(private readonly bytes: Bucket) {}

  /** Users whose budgets are remembered. */
  get size(): number {
    return this.#budgets.size;
  }

  /**
   * Charges what a user says to so many connections; more than a full budget is owed. Returns the milliseconds to wait
   * where the budget does not suffice: then nothing is charged.
   */
  charge(userId: string, bytes: number, connections: number, now: number): number {
    const cost = bytes * Math.max(1, connections / CONNECTIONS_PER_BYTE);
    const budget = this.#budgetOf(userId, now);
    if (!budget.affords(cost, now)) return budget.waitFor(cost);
    budget.owe(cost, now);
    return 0;
  }

  #budgetOf(userId: string, now: number): TokenBucket {
    let budget = this.#budgets.get(userId);
    if (!budget) {
      if (this.#budgets.size >= this.#pruneAt) this.#prune(now);
      this.#budgets.set(userId, (budget = new TokenBucket(this.bytes)));
    }
    return budget;
  }

  #prune(now: number): void {
    for (const [userId, budget] of this.#budgets) if (budget.isFull(now)) this.#budgets.delete(userId);
    this.#pruneAt = Math.max(MIN_BEFORE_PRUNING, 2 * this.#budgets.size);
  }
}
