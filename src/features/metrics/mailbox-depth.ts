import { Injectable } from '@nestjs/common';
import { MailboxMessages } from '../mailbox/mailbox-messages.repository';
import { NoStorage } from '../../storage/no.storage';
import { Storage } from '../../storage/storage';

export interface Depth {
  readonly messages: number;
  readonly users: number;
}

/** Counted so far, and no further: to count a million would stop SQLite's event loop. */
const MOST = 100_000;
/** What takes more than a millisecond to count is not counted at each scrape. */
const MANY = 10_000;
const KEEP_MS = 10_000;
const NONE: Depth = { messages: 0, users: 0 };

/** How much waits in mailboxes, of all nodes: a count of at most 100,000 messages, which for many is up to 10 s old. */
@Injectable()
export class MailboxDepth {
  #counting: Promise<Depth> | undefined;
  #counted = NONE;
  #countedAt = -Infinity;

  constructor(
    private readonly storage: Storage,
    private readonly messages: MailboxMessages,
  ) {}

  /** Nothing, while the database does not answer. */
  async read(): Promise<Depth | undefined> {
    if (this.storage instanceof NoStorage) return NONE;
    if (this.#counted.messages > MANY && performance.now() - this.#countedAt < KEEP_MS) return this.#counted;
    try {
      return await (this.#counting ??= this.#count());
    } catch {
      // Whoever needs the database says so; the readiness, too.
      return undefined;
    }
  }

  async #count(): Promise<Depth> {
    try {
      this.#counted = await this.messages.depth(MOST);
      this.#countedAt = performance.now();
      return this.#counted;
    } finally {
      this.#counting = undefined;
    }
  }
}
