import { ThrottledLogger } from '../logging/throttled-logger';
import { isPromise } from '../async/maybe-promise';
import { RealtimeError } from '../protocol/errors';
import type { RoomName } from '../protocol/room-name';

export interface PolicyLimits {
  readonly maxPolicyCalls: number;
  readonly policyTimeoutMs: number;
}

type Question<T> = () => T | Promise<T>;

/** A room about which the policy hangs takes no more than this part of the calls: those about other rooms go on. */
const PART_OF_A_ROOM = 4;

/**
 * Calls of the host's policy. One that answers at once is not counted. Of the others a limited number is under way, a
 * quarter of it about one room; the rest wait, each room in its turn. A call that is not answered in time, waiting included,
 * is given up: it ends as `unavailable`, and a late answer is ignored.
 */
export class PolicyCalls {
  readonly #failures = new ThrottledLogger();
  /** How many are under way, by room. */
  readonly #underWay = new Map<RoomName, number>();
  /** What waits, by room; the room whose turn is next comes first. */
  readonly #waiting = new Map<RoomName, Set<() => void>>();
  readonly #maxOfRoom: number;
  #total = 0;

  constructor(private readonly limits: PolicyLimits) {
    this.#maxOfRoom = Math.ceil(limits.maxPolicyCalls / PART_OF_A_ROOM);
  }

  /** @throws what the policy throws; RealtimeError `unavailable` when it does not answer in time */
  ask<T>(room: RoomName, question: Question<T>): T | Promise<T> {
    if (!this.#isFree(room)) return this.#askLater(room, question);
    const answer = question();
    if (!isPromise(answer)) return answer;
    this.#begin(room);
    return this.#answered(room, answer, this.limits.policyTimeoutMs);
  }

  #isFree(room: RoomName): boolean {
    return this.#total < this.limits.maxPolicyCalls && (this.#underWay.get(room) ?? 0) < this.#maxOfRoom;
  }

  async #askLater<T>(room: RoomName, question: Question<T>): Promise<T> {
    const { policyTimeoutMs } = this.limits;
    const end = performance.now() + policyTimeoutMs;
    await this.#turn(room, policyTimeoutMs);
    // Not in this function's own time: what the policy throws at once frees the place as well.
    const answer = new Promise<T>((resolve) => resolve(question()));
    return this.#answered(room, answer, end - performance.now());
  }

  /** Resolves when a call about this room has begun. @throws RealtimeError `unavailable` when that takes too long */
  #turn(room: RoomName, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#begin(room);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#leave(room, go);
        reject(this.#late());
      }, timeoutMs);
      this.#waiting.set(room, (this.#waiting.get(room) ?? new Set()).add(go));
    });
  }

  #answered<T>(room: RoomName, answer: Promise<T>, timeoutMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(this.#late()), timeoutMs);
      const end = (): void => clearTimeout(timer);
      // A host's thenable need not be a Promise in all it does.
      Promise.resolve(answer).finally(end).then(resolve, reject);
    }).finally(() => this.#end(room));
  }

  #begin(room: RoomName): void {
    this.#total++;
    this.#underWay.set(room, (this.#underWay.get(room) ?? 0) + 1);
  }

  #end(room: RoomName): void {
    this.#total--;
    const left = this.#underWay.get(room)! - 1;
    if (left) this.#underWay.set(room, left);
    else this.#underWay.delete(room);
    this.#next();
  }

  /** The next room has its turn, and goes to the end of the line. */
  #next(): void {
    for (const [room, queue] of this.#waiting) {
      if (!this.#isFree(room)) continue;
      const [go] = queue;
      this.#waiting.delete(room);
      this.#waiting.set(room, queue);
      this.#leave(room, go);
      return go();
    }
  }

  #leave(room: RoomName, go: () => void): void {
    const queue = this.#waiting.get(room);
    queue?.delete(go);
    if (!queue?.size) this.#waiting.delete(room);
  }

  #late(): RealtimeError {
    const text = `The room policy did not answer within ${this.limits.policyTimeoutMs} ms`;
    this.#failures.error(text, text);
    return new RealtimeError('unavailable', 'The policy did not answer in time. Try again.');
  }
}
