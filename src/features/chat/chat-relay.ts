import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { RealtimeCounters } from '../../connections/realtime-counters';
import { ShutdownTasks } from '../../gateway/shutdown/shutdown-tasks';
import { ThrottledLogger } from '../../logging/throttled-logger';
import { isUnavailable } from '../../protocol/errors';
import { ChatOptions } from './chat.options';
import { jitter } from '../../async/backoff';
import { ChatOutbox, CLAIM_MS, OutboxEntry, Postponed } from './chat-outbox.repository';
import { ChatPublisher } from './chat-publisher';
import { Failure, RelayedBatch } from './relayed-batch';

/** Published under one claim. */
const BATCH = 100;
/** A claim's time, less what it takes to give back what is left. */
const BATCH_MS = CLAIM_MS - 2_000;
/** The longest wait before an entry that failed is tried again, milliseconds. */
const MAX_RETRY_MS = 60_000;
/** While a backplane is unavailable attempts count up to here: the waits stay short, and nothing is set aside. */
const UNAVAILABLE_ATTEMPTS = 8;

/**
 * Publishes what was stored and not published, as by a process that died in between: what its sender had no `ack` for,
 * and may have given up. One node at a time, oldest first. An entry that cannot be published holds back only its own
 * room, until it succeeds or is set aside: then it stays in the table, and its room goes on.
 */
@Injectable()
export class ChatRelay implements OnApplicationBootstrap {
  readonly #logger = new Logger('RealtimeModule');
  readonly #failures = new ThrottledLogger();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #batch: RelayedBatch | undefined;
  #closing = false;

  constructor(
    private readonly outbox: ChatOutbox,
    private readonly publisher: ChatPublisher,
    private readonly options: ChatOptions,
    private readonly traffic: RealtimeCounters,
    shutdown: ShutdownTasks,
  ) {
    shutdown.add(() => this.#close());
  }

  onApplicationBootstrap(): void {
    this.#look();
    this.#timer = setInterval(() => this.#look(), this.options.relayAfterMs).unref();
  }

  async #close(): Promise<void> {
    this.#closing = true;
    this.#batch?.end();
    clearInterval(this.#timer);
    await this.#running;
  }

  #look(): void {
    this.#running ??= this.#relay()
      .catch((error: unknown) => this.#report(error))
      .finally(() => (this.#running = undefined));
  }

  async #relay(): Promise<void> {
    // What is published is not to be published again only because it could not be taken out so far.
    await this.publisher.tidy();
    let published = BATCH;
    while (published === BATCH && !this.#closing) {
      const entries = await this.outbox.claim(Date.now() - this.options.relayAfterMs, BATCH);
      if (!entries.length) return;
      published = await this.#publish(entries);
      this.traffic.chatRelayed += published;
      if (published) this.#logger.log(`Published ${published} chat messages that were stored but not published`);
    }
  }

  async #publish(entries: readonly OutboxEntry[]): Promise<number> {
    const batch = (this.#batch = new RelayedBatch(entries, (entry) => this.publisher.publish(entry)));
    if (this.#closing) batch.end();
    await batch.run(BATCH_MS);
    await this.publisher.tidy();
    await this.#giveBack(batch);
    return batch.published;
  }

  async #giveBack({ failures, left }: RelayedBatch): Promise<void> {
    this.traffic.chatRelayFailures += failures.length;
    const postponed = failures.map((failure) => this.#postpone(failure));
    await this.outbox.giveBack(
      left.map(({ seq }) => seq),
      postponed,
    );
  }

  #postpone({ entry, cause }: Failure): Postponed {
    const { seq } = entry;
    const attempts = entry.attempts + 1;
    if (isUnavailable(cause)) return retry(seq, Math.min(attempts, UNAVAILABLE_ATTEMPTS));
    const what = `The chat message ${entry.id} of ${entry.room} could not be published`;
    const stack = cause instanceof Error ? cause.stack : undefined;
    if (attempts < this.options.relayAttempts) {
      this.#failures.warn('Chat messages could not be published', `${what}, attempt ${attempts}: ${String(cause)}`);
      return retry(seq, attempts);
    }
    this.traffic.chatSetAside++;
    const hint = `It is set aside after ${attempts} attempts. To try again, set retry_at = 0 in its row of chat_outbox.`;
    this.#failures.error('Chat messages were set aside', `${what}: ${String(cause)}. ${hint}`, stack);
    return { seq, attempts, retryAt: null };
  }

  /** A database that is down says so to whoever chats; here it is tried again. */
  #report(error: unknown): void {
    if (isUnavailable(error)) return;
    this.#logger.error('Stored chat messages could not be published', error);
  }
}

function retry(seq: number, attempts: number): Postponed {
  return { seq, attempts, retryAt: Math.ceil(Date.now() + jitter(attempts, MAX_RETRY_MS)) };
}
