import type { StoredPublication } from '../publishing/backplane';
import type { StreamPosition } from '../protocol/position';
import type { Missed } from './join';
import type { RoomJoin } from './room';

/** What of a replay is read at a time, beside its last publication: that much a client that does not read holds here. */
export const PAGE_BYTES = 64 * 1024;

/** Some of what came after a position, and the epoch it is of now. */
export interface MissedPage {
  readonly epoch: string;
  readonly publications: readonly StoredPublication[];
}

/**
 * Sends a connection the rest of what it missed, page by page as its socket takes them, until it has come to where the
 * room is; its next frame waits until then. A rest that cannot be read is told as `room_reset`.
 * @param read what came after a position; nothing where the stream does not hold it any more
 * @throws whatever reading fails with
 */
export async function catchUp(
  joining: RoomJoin,
  read: (since: StreamPosition) => Promise<MissedPage | undefined>,
): Promise<void> {
  const { connection } = joining;
  const release = connection.inbox.hold();
  try {
    while (joining.isBehind) {
      await connection.outbox.replayed();
      if (!joining.isBehind) return;
      const since = joining.sentTo!;
      const page = await read(since);
      // Where the stream was renewed meanwhile, what was read may be lost there: it is read once more.
      if (!joining.isBehind || joining.sentTo !== since) continue;
      joining.sendPage(page?.epoch === since.epoch ? page.publications : []);
    }
  } catch (error) {
    if (joining.isBehind) joining.giveUp();
    throw error;
  } finally {
    release();
  }
}

/**
 * Sends a connection what it missed up to a position, page by page as its socket takes them. It ends early where the
 * connection is closed, or the stream does not go on from there: then the room tells the client.
 * @throws whatever reading fails with
 */
export async function sendMissed(joining: RoomJoin, end: StreamPosition, read: Missed): Promise<void> {
  const { connection } = joining;
  for (let after = 0; !connection.closed && joining.isCurrent;) {
    const upTo = joining.inPresentEpoch(end);
    const page = upTo ? await read(upTo, after) : [];
    if (!page.length) return;
    joining.sendMissed(page);
    after = page.at(-1)!.offset;
    await connection.outbox.replayed();
  }
}
