import { Injectable } from '@nestjs/common';
import { Backplane, StoredPublication } from '../../publishing/backplane';
import type { ServerFrame } from '../../protocol/frames';
import { RoomName, roomKind } from '../../protocol/room-name';
import { RoomKinds } from '../../rooms/room-kinds';
import type { PublicationsDto } from './admin.dto';

const DEFAULT_LIMIT = 50;
const MAX_BYTES = 256 * 1024;

/** Tells what was said in a room: nothing but what its stream keeps for those who come back. */
@Injectable()
export class RoomPublications {
  constructor(
    private readonly backplane: Backplane,
    private readonly kinds: RoomKinds,
  ) {}

  /** @throws RealtimeError `unavailable` */
  async of(room: RoomName, { after = 0, epoch, before, limit = DEFAULT_LIMIT }: PublicationsDto) {
    const { position, publications, hasMore } = await this.backplane.page(room, { before, limit, maxBytes: MAX_BYTES });
    const isSame = epoch === undefined || epoch === position.epoch;
    return {
      room,
      ...position,
      history: this.kinds.historyOf(roomKind(room)).maxPublications > 0,
      publications: publications.filter(({ offset }) => !isSame || offset > after).map(toPublication),
      has_more: hasMore,
    };
  }
}

function toPublication({ id, offset, body }: StoredPublication) {
  // A body lacks the offset and the closing brace.
  const { type, data, timestamp } = JSON.parse(`${Buffer.from(body).toString()}}`) as ServerFrame;
  return { type, data, message_id: id, offset, timestamp, bytes: body.length };
}
