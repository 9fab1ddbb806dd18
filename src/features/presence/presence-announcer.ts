import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { roomKind } from '../../protocol/room-name';
import type { ServerFrameData } from '../../protocol/frames';
import { PresenceOptions } from './presence.options';
import { RoomKinds } from '../../rooms/room-kinds';
import { toPublication } from '../../publishing/publication';
import { Publisher } from '../../publishing/publisher';
import { RoomRegistry } from '../../rooms/room-registry';
import { PresenceChange, PresenceStore } from './presence-store';

/** Tells the members of a room who came and who is gone: volatile, and not to the user it is about. */
@Injectable()
export class PresenceAnnouncer implements OnModuleInit {
  readonly #logger = new Logger('RealtimeModule');

  constructor(
    private readonly store: PresenceStore,
    private readonly rooms: RoomRegistry,
    private readonly publisher: Publisher,
    private readonly options: PresenceOptions,
    private readonly kinds: RoomKinds,
  ) {}

  onModuleInit(): void {
    this.store.changes.subscribe((change) => {
      if (this.#isWorthTelling(change)) void this.#tell(change);
    });
  }

  #isWorthTelling({ room, type, connections }: PresenceChange): boolean {
    // Of connections that are not in the store yet nobody but their node knows.
    const listeners = Math.max(connections, this.rooms.find(room)?.size ?? 0) - (type === 'joined' ? 1 : 0);
    const { announceMaxConnections } = this.options;
    return (
      listeners > 0 &&
      connections <= announceMaxConnections &&
      announceMaxConnections > 0 &&
      this.kinds.announces(roomKind(room))
    );
  }

  async #tell({ type, room, userId, name }: PresenceChange): Promise<void> {
    const data: ServerFrameData['user_joined'] = { user_id: userId, name };
    const options = { delivery: 'volatile', exceptUser: userId } as const;
    try {
      await this.publisher.publish(room, toPublication(room, `user_${type}`, data, undefined, options));
    } catch (error) {
      // What was missed is in the answer to the next `presence`.
      this.#logger.debug(`The event user_${type} of ${room} could not be published: ${String(error)}`);
    }
  }
}
