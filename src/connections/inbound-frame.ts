import { uniqueId } from '../protocol/unique-id';

/** A client's frame on its way through the pipeline. It is answered exactly once. */
export class InboundFrame {
  #answered = false;
  #givenUp = false;
  #whenGivenUp: (() => void)[] | undefined;
  #afterReply: ((sent: boolean) => void | Promise<void>) | undefined;

  /**
   * What this command goes by, for instance as the `id` of what it emits: nothing else has this id, and a repeated
   * `message_id` that has to be executed again, because nobody knows how the first time ended, gets the same one.
   * @throws RealtimeError `unavailable`
   */
  executionId: () => string | Promise<string> = uniqueId;

  constructor(
    readonly type: string,
    readonly data: unknown,
    readonly messageId: string | undefined,
    /** How long it was. */
    readonly bytes = 0,
  ) {}

  get answered(): boolean {
    return this.#answered;
  }

  /**
   * Runs `done` in the same turn as the reply, right behind it. `sent` is false when the frame failed after all, or
   * was given up before: whatever was prepared is to be undone. A promise keeps the next frame waiting.
   */
  afterReply(done: (sent: boolean) => void | Promise<void>): void {
    const before = this.#afterReply;
    this.#afterReply = before ? (sent) => both(before(sent), () => done(sent)) : done;
  }

  /** Claims the right to answer: true once. */
  claimAnswer(): boolean {
    if (this.#answered) return false;
    return (this.#answered = true);
  }

  /** Runs `end` when nobody waits for the handler any more: its time is over, or the connection has ended. */
  whenGivenUp(end: () => void): void {
    if (this.#givenUp) end();
    else (this.#whenGivenUp ??= []).push(end);
  }

  giveUp(): void {
    this.#givenUp = true;
    const ends = this.#whenGivenUp;
    this.#whenGivenUp = undefined;
    for (const end of ends ?? []) end();
  }

  settle(sent: boolean): void | Promise<void> {
    const done = this.#afterReply;
    this.#afterReply = undefined;
    return done?.(sent);
  }
}

function both(first: void | Promise<void>, second: () => void | Promise<void>): void | Promise<void> {
  return first ? first.then(second) : second();
}
