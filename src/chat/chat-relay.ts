import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { RealtimeError } from '../protocol/errors';
import { RealtimeOptions } from '../realtime.options';
import { ChatOutbox } from '../storage/chat-outbox.repository';
import { NoStorage } from '../storage/no.storage';
import { Storage } from '../storage/storage';
import { ChatPublisher } from './chat-publisher';

/** Published under one claim. */
const BATCH = 100;

/**
 * Publishes what was stored and not published, as by a process that died in between: what its sender had no `ack` for,
 * and may have given up. One node at a time, oldest first.
 */
@Injectable()
export class ChatRelay implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('RealtimeModule');
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly storage: Storage,
    private readonly outbox: ChatOutbox,
    private readonly publisher: ChatPublisher,
    private readonly options: RealtimeOptions,
  ) {}

  onApplicationBootstrap(): void {
    if (this.storage instanceof NoStorage) return;
    this.#look();
    this.#timer = setInterval(() => this.#look(), this.options.chat.relayAfterMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
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
    for (;;) {
      const entries = await this.outbox.claim(Date.now() - this.options.chat.relayAfterMs, BATCH);
      for (const entry of entries) await this.publisher.publish(entry);
      await this.publisher.tidy();
      if (entries.length) this.#logger.log(`Published ${entries.length} chat messages that had been left behind`);
      if (entries.length < BATCH) return;
    }
  }

  /** A database or backplane that is down says so to whoever chats; here it is tried again. */
  #report(error: unknown): void {
    if (error instanceof RealtimeError && error.code === 'unavailable') return;
    this.#logger.error('Chat messages that were left behind could not be published', error);
  }
}
