import { Inject, Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Identity } from '../auth/identity';
import { checkPolicy, isAdmin, POLICY, READS, RoomAction, RoomPolicy, RoomRequest } from '../auth/room-policy';
import type { PolicyOption } from '../auth/room-policy';
import { RealtimeError } from '../protocol/errors';
import { RoomName, roomKind, userRoom } from '../protocol/room-name';
import { RoomsOptions } from './rooms.options';
import { provided } from '../nest/provided';
import { mapMaybePromise } from '../async/maybe-promise';
import type { PublishThrottle } from './publish-throttle';
import { PolicyCalls } from './policy-calls';

/** Asks who may do what: the reserved rooms' own rules first, then the host's policy. */
@Injectable()
export class RoomAccess implements OnApplicationBootstrap {
  #policy: RoomPolicy | undefined;
  /** The module's own, by room kind. */
  readonly #ofKind = new Map<string, RoomPolicy>();
  readonly #paces = new Map<string, PublishThrottle>();
  readonly #calls: PolicyCalls;

  constructor(
    @Inject(POLICY) private readonly policy: PolicyOption,
    private readonly moduleRef: ModuleRef,
    options: RoomsOptions,
  ) {
    this.#calls = new PolicyCalls(options);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { policy } = this;
    if (policy !== 'open') checkPolicy((this.#policy = await provided(policy, this.moduleRef)));
  }

  /** Lets a feature decide about the rooms of a kind: the application's policy is not asked about them. */
  govern(kind: string, policy: RoomPolicy): void {
    this.#ofKind.set(kind, policy);
  }

  /** Lets a feature decide how often one says something in the rooms of a kind. */
  setPace(kind: string, pace: PublishThrottle): void {
    this.#paces.set(kind, pace);
  }

  /**
   * Before something is said in a room; what is returned takes that back, if it could not be said.
   * @throws RealtimeError `rate_limited` where one has to wait
   */
  async acquirePublishSlot(identity: Identity, room: RoomName): Promise<() => void> {
    return (await this.#paces.get(roomKind(room))?.acquire(identity, room)) ?? (() => undefined);
  }

  /**
   * Waits only for a policy that does.
   * @throws RealtimeError `forbidden`, `unavailable` where the policy does not answer in time, or what the policy threw
   */
  authorize(identity: Identity, action: RoomAction, room: RoomName, request?: RoomRequest): void | Promise<void> {
    const kind = roomKind(room);
    if (kind === 'user') return authorizeUserRoom(identity, action, room);
    const own = this.#ofKind.get(kind);
    if (own) return this.#ask(own, identity, action, room, request);
    if (this.policy === 'open') return;
    if (!this.#policy) throw new RealtimeError('unavailable', 'The application is still starting.');
    return this.#ask(this.#policy, identity, action, room, request);
  }

  /**
   * For a connection that has not joined the room, and is authorized.
   * @throws RealtimeError `not_member` unless the policy allows this to those, too
   */
  authorizeNonMember(identity: Identity, action: RoomAction, room: RoomName): void | Promise<void> {
    const policy = MEMBERS_ONLY.has(action) ? undefined : this.#policyOf(room);
    const question = policy && (() => policy.allowsNonMember(identity, action, room));
    return mapMaybePromise(question ? this.#answer(policy, room, question) : false, (allowed) => {
      if (!allowed) throw new RealtimeError('not_member', `Join ${room} first.`);
    });
  }

  async moderates(identity: Identity, room: RoomName): Promise<boolean> {
    const policy = this.#policyOf(room);
    return policy ? this.#answer(policy, room, () => policy.moderates(identity, room)) : isAdmin(identity);
  }

  /** The module's own policies wait for the database, which has limits of its own. */
  #answer(policy: RoomPolicy, room: RoomName, question: () => boolean | Promise<boolean>): boolean | Promise<boolean> {
    return policy === this.#policy ? this.#calls.ask(room, question) : question();
  }

  #policyOf(room: RoomName): RoomPolicy | undefined {
    return this.#ofKind.get(roomKind(room)) ?? this.#policy;
  }

  #ask(
    policy: RoomPolicy,
    identity: Identity,
    action: RoomAction,
    room: RoomName,
    request: RoomRequest | undefined,
  ): void | Promise<void> {
    const answer = this.#answer(policy, room, () => policy.can(identity, action, room, request));
    return mapMaybePromise(answer, (allowed) => {
      if (!allowed)
        throw new RealtimeError('forbidden', `You may not ${VERBS.get(action) ?? `use ${action} in`} ${room}.`);
    });
  }
}

const MEMBERS_ONLY: ReadonlySet<RoomAction> = new Set(['chat', 'typing', 'broadcast']);

const VERBS: ReadonlyMap<RoomAction, string> = new Map([
  ['join', 'join'],
  ['history', 'read the history of'],
  ['presence', 'see who is in'],
]);

function authorizeUserRoom(identity: Identity, action: RoomAction, room: RoomName): void {
  if (room !== userRoom(identity.userId)) throw new RealtimeError('forbidden', "This room is another user's own.");
  if (!READS.has(action)) throw new RealtimeError('forbidden', "Only the server publishes in a user's own room.");
}
