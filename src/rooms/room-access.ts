import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Identity } from '../auth/identity';
import { RoomAction, RoomPolicy, RoomRequest } from '../auth/room-policy';
import { RealtimeError } from '../protocol/errors';
import { RoomName, roomKind, userRoom } from '../protocol/room-name';
import { RealtimeOptions } from '../realtime.options';
import { provided } from '../auth/provided';

/** Asks who may do what: the reserved rooms' own rules first, then the host's policy. */
@Injectable()
export class RoomAccess implements OnApplicationBootstrap {
  readonly #logger = new Logger('RealtimeModule');
  #policy: RoomPolicy | undefined;

  constructor(
    private readonly options: RealtimeOptions,
    private readonly moduleRef: ModuleRef,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { policy } = this.options.rooms;
    if (policy) this.#policy = await provided(policy, this.moduleRef);
    else this.#logger.warn('No room policy is given: every authenticated user may join every unreserved room.');
  }

  /** @throws RealtimeError `forbidden`, or what the policy threw */
  async authorize(identity: Identity, action: RoomAction, room: RoomName, request?: RoomRequest): Promise<void> {
    if (roomKind(room) === 'user') return authorizeUserRoom(identity, action, room);
    if (!this.options.rooms.policy) return;
    if (!this.#policy) throw new RealtimeError('unavailable', 'The application is still starting.');
    if (await this.#policy.can(identity, action, room, request)) return;
    throw new RealtimeError('forbidden', `You may not ${VERBS[action]} ${room}.`);
  }
}

const VERBS: Record<RoomAction, string> = {
  join: 'join',
  publish: 'publish in',
  history: 'read the history of',
  presence: 'see who is in',
};

function authorizeUserRoom(identity: Identity, action: RoomAction, room: RoomName): void {
  if (room !== userRoom(identity.userId)) throw new RealtimeError('forbidden', "This room is another user's own.");
  if (action === 'publish') throw new RealtimeError('forbidden', "Only the server publishes in a user's own room.");
}
