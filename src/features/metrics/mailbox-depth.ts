import { Injectable, Optional } from '@nestjs/common';
import { Mailbox, MailboxDepth as Depth } from '../../rooms/mailbox';

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

  constructor(@Optional() private readonly mailbox?: Mailbox) {}

  /** Nothing, while the database does not answer. */
  async read(): Promise<Depth | undefined> {
    const { mailbox } = this;
    if (!mailbox) return NONE;
    if (this.#counted.messages > MANY && performance.now() - this.#countedAt < KEEP_MS) return this.#counted;
    try {
      return await (this.#counting ??= this.#count(mailbox));
    } catch {
      // Whoever needs the database says so; the readiness, too.
      return undefined;
    }
  }

  async #count(mailbox: Mailbox): Promise<Depth> {
    try {
      this.#counted = await mailbox.depth(MOST);
      this.#countedAt = performance.now();
      return this.#counted;
    } finally {
      this.#counting = undefined;
    }
  }
}
