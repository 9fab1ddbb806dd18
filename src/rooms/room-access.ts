import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Identity } from '../auth/identity';
import { checkPolicy, isAdmin, RoomAction, RoomPolicy, RoomRequest } from '../auth/room-policy';
import { RealtimeError } from '../protocol/errors';
import { RoomName, roomKind, userRoom } from '../protocol/room-name';
import { RealtimeOptions } from '../realtime.options';
import { provided } from '../auth/provided';
import { chain } from '../gateway/chain';
import type { Pace } from './pace';

/** Asks who may do what: the reserved rooms' own rules first, then the host's policy. */
@Injectable()
export class RoomAccess implements OnApplicationBootstrap {
  readonly #logger = new Logger('RealtimeModule');
  #policy: RoomPolicy | undefined;
  /** The module's own, by room kind. */
  readonly #ofKind = new Map<string, RoomPolicy>();
  readonly #paces = new Map<string, Pace>();

  constructor(
    private readonly options: RealtimeOptions,
    private readonly moduleRef: ModuleRef,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { policy } = this.options.rooms;
    if (policy) checkPolicy((this.#policy = await provided(policy, this.moduleRef)));
    else this.#logger.warn('No room policy is given: every authenticated user may join every unreserved room.');
  }

  /** Lets a feature decide about the rooms of a kind: the application's policy is not asked about them. */
  govern(kind: string, policy: RoomPolicy): void {
    this.#ofKind.set(kind, policy);
  }

  /** Lets a feature decide how often one says something in the rooms of a kind. */
  setPace(kind: string, pace: Pace): void {
    this.#paces.set(kind, pace);
  }

  /**
   * Before something is said in a room; what is returned takes that back, if it could not be said.
   * @throws RealtimeError `rate_limited` where one has to wait
   */
  async takeTurn(identity: Identity, room: RoomName): Promise<() => void> {
    return (await this.#paces.get(roomKind(room))?.take(identity, room)) ?? (() => undefined);
  }

  /** Waits only for a policy that does. @throws RealtimeError `forbidden`, or what the policy threw */
  authorize(identity: Identity, action: RoomAction, room: RoomName, request?: RoomRequest): void | Promise<void> {
    const kind = roomKind(room);
    if (kind === 'user') return authorizeUserRoom(identity, action, room);
    const own = this.#ofKind.get(kind);
    if (own) return this.#ask(own, identity, action, room, request);
    if (!this.options.rooms.policy) return;
    if (!this.#policy) throw new RealtimeError('unavailable', 'The application is still starting.');
    return this.#ask(this.#policy, identity, action, room, request);
  }

  async moderates(identity: Identity, room: RoomName): Promise<boolean> {
    const policy = this.#ofKind.get(roomKind(room)) ?? this.#policy;
    return policy ? policy.moderates(identity, room) : isAdmin(identity);
  }

  #ask(
    policy: RoomPolicy,
    identity: Identity,
    action: RoomAction,
    room: RoomName,
    request: RoomRequest | undefined,
  ): void | Promise<void> {
    return chain(policy.can(identity, action, room, request), (allowed) => {
      if (!allowed) throw new RealtimeError('forbidden', `You may not ${VERBS[action]} ${room}.`);
    });
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
