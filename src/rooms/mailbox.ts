import type { Publication, StoredPublication } from '../publishing/backplane';
import { RealtimeError } from '../protocol/errors';
import type { StreamPosition } from '../protocol/position';

/** How much waits in mailboxes, of all nodes. */
export interface MailboxDepth {
  readonly messages: number;
  readonly users: number;
}

/**
 * Keeps publications for one user until the user acknowledges them. A feature provides it: mailbox.
 *
 * Guarantees: what `put` resolved with is there at each of the user's connects, with the same id, until it is
 * acknowledged, too old, or one too many. In the order in which the stream of the user's room has it.
 */
export abstract class Mailbox {
  /** Stores, then publishes in the user's room. @throws RealtimeError `unavailable` */
  abstract put(userId: string, publication: Publication): Promise<StreamPosition>;
  /**
   * Publishes again what the stream lost or never got. Called before a connection of the user joins the room, which
   * would receive all of it at once otherwise.
   * @returns whether anything waits
   */
  abstract refresh(userId: string): Promise<boolean>;
  /**
   * Reads a page of what waits in the user's stream, in the order of the offsets: those after `after`, up to a position.
   * What is behind that position comes to the room's members. Empty: there is no more.
   * @param maxBytes of the page; one publication is returned, however large it is
   */
  abstract waiting(
    userId: string,
    upTo: StreamPosition,
    after: number,
    maxBytes: number,
  ): Promise<readonly StoredPublication[]>;
  /** Forgets what the user has got: all of this epoch up to the offset. */
  abstract acknowledge(userId: string, upTo: StreamPosition): Promise<void>;
  /** Counts what waits, up to `most` messages. @throws RealtimeError `unavailable` */
  abstract depth(most: number): Promise<MailboxDepth>;
}

/** @throws RealtimeError `unavailable` where no feature provides the mailbox */
export function requireMailbox(mailbox: Mailbox | undefined): Mailbox {
  if (mailbox) return mailbox;
  throw new RealtimeError(
    'unavailable',
    'There is no mailbox. Add MailboxModule.forRoot() to the imports, or leave out the option "mailbox".',
  );
}
