import { Injectable } from '@nestjs/common';
import { Backplane } from '../publishing/backplane';
import type { StreamPosition } from '../protocol/position';
import type { RoomName } from '../protocol/room-name';

/** Where the rooms' streams end now, on whatever node. */
@Injectable()
export class RoomPositions {
  constructor(private readonly backplane: Backplane) {}

  /**
   * What is read after this resolved holds everything up to it; a client that joins with it as `since` gets the rest.
   * @throws RealtimeError `unavailable`
   */
  async of(room: RoomName): Promise<StreamPosition> {
    return (await this.backplane.page(room, { limit: 0, maxBytes: 0 })).position;
  }
}
