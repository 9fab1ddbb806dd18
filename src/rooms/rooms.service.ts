import { Injectable, Optional } from '@nestjs/common';
import { AdapterFailures } from '../logging/adapter-failures';
import type { CommandOf, ConnectionsOf } from '../nodes/command';
import { AskOptions, Nodes } from '../nodes/nodes';
import type { ErrorCode } from '../protocol/errors';
import { RealtimeError } from '../protocol/errors';
import { EVENT_NAME_RULE, frameTypeOf } from '../protocol/event-name';
import type { Member } from '../protocol/frames';
import type { StreamPosition } from '../protocol/position';
import { isRoomName, RoomName, ROOM_NAME_RULE, userRoom } from '../protocol/room-name';
import { isCleanText } from '../protocol/text';
import { EventsOptions } from '../publishing/events.options';
import { Revocations } from '../gateway/handshake/revocations';
import { NodeMemberships } from './node-memberships';
import { MemberLists, required } from './member-lists';
import { Mailbox, requireMailbox } from './mailbox';
import { toPublication } from '../publishing/publication';

export interface DisconnectOptions {
  /** Closes only connections whose token has this claim, 1..256 characters. @default undefined: all of the user */
  readonly jti?: string;
  /**
   * For so long, in milliseconds, up to 366 days, the user, or where `jti` is given that token, may not authenticate on
   * any node: `banned`. 0 lifts what was set before. @default undefined: it may come back at once
   */
  readonly barMs?: number;
}

const BY_ADMIN = 'disconnected by an administrator';
const MAX_JTI = 256;
const MAX_BAR_MS = 366 * 24 * 60 * 60_000;

export interface RemoveOptions {
  /** @default 'forbidden' */
  readonly code?: ErrorCode;
  readonly message?: string;
}

/** What was done, or found, on all nodes. */
export interface ClusterResult {
  /** On all nodes that answered. */
  readonly connections: number;
  /**
   * The names of the nodes that did not answer in time, or could not do it: what is there is not counted, and may have
   * been done or not. One that died is named until its lease is over.
   */
  readonly unanswered: readonly string[];
}

/**
 * The rooms, for application code: who is there, and who must go. On all nodes that share a Redis; on this one at once,
 * also when the others cannot be reached, which is told by rejecting as `unavailable`.
 */
@Injectable()
export class RoomsService {
  constructor(
    private readonly local: NodeMemberships,
    private readonly nodes: Nodes,
    private readonly options: EventsOptions,
    private readonly revocations: Revocations,
    @Optional() private readonly mailbox?: Mailbox,
    @Optional() private readonly lists?: MemberLists,
  ) {
    nodes.handle('count_connections', (of) => ({ connections: local.count(of) }));
    nodes.handle('disconnect_user', (command) => this.#disconnect(command));
    new AdapterFailures('The adapter for nodes').from(nodes.gaps).subscribe(() => void revocations.load());
    revocations.loaded.subscribe(() => local.disconnectAll((identity) => revocations.isRevoked(identity), BY_ADMIN));
    nodes.handle('remove_user', ({ room, user, code, message }) => ({
      connections: local.remove(room, user, { code, message }),
    }));
    nodes.handle('recheck', async (target) => ({ connections: await local.recheck(target) }));
  }

  /**
   * The users in a room, each once, in the order they came; on all nodes that share a presence store. A user whose last
   * connection was lost a moment ago is still there, with `connections: 0`.
   * @param limit of users. @default 1000
   * @throws RealtimeError `validation_failed`, `unavailable`
   */
  async members(room: RoomName, limit = 1000): Promise<readonly Member[]> {
    checkTarget({ room });
    return (await required(this.lists).members(room, { limit, maxBytes: Infinity })).members;
  }

  /**
   * Connections: in all, of a user, in a room, of a user in a room.
   * @throws RealtimeError `validation_failed`, `unavailable`
   */
  async count({ room, user }: ConnectionsOf = {}): Promise<ClusterResult> {
    checkTarget({ room, user });
    return this.#ask({ type: 'count_connections', room, user });
  }

  /**
   * Whether a user is in a room. That it is not, when a node did not answer, may be wrong: `count` tells.
   * @throws RealtimeError `validation_failed`, `unavailable`
   */
  async isMember(room: RoomName, user: string): Promise<boolean> {
    checkRoom(room);
    checkUser(user);
    if (this.local.count({ room, user }) > 0) return true;
    return (await this.count({ room, user })).connections > 0;
  }

  /**
   * Says something to one user, on all devices: it waits for one who is away, and comes again until it is acknowledged.
   * As `EventsService.emit(type, data, { user, mailbox: true })`, but for those who listen to the events of this process.
   * @throws RealtimeError `validation_failed` for what is no user or no event's name, `unavailable`
   */
  async message(user: string, type: string, data: unknown = {}): Promise<StreamPosition> {
    const frameType = frameTypeOf(type, this.options.naming);
    if (!frameType) throw invalid(`type must be ${EVENT_NAME_RULE}, got '${type}'`);
    checkUser(user);
    if (!isCleanText(user)) throw invalid('user must hold no U+0000 and no lone surrogate');
    return requireMailbox(this.mailbox).put(user, toPublication(userRoom(user), frameType, data));
  }

  /**
   * Takes a user out of a room; each of its connections is told `room_left`. It may join again where the policy allows.
   * @throws RealtimeError `validation_failed`, `unavailable`
   */
  async removeUser(
    room: RoomName,
    user: string,
    { code = 'forbidden', message }: RemoveOptions = {},
  ): Promise<ClusterResult> {
    checkRoom(room);
    checkUser(user);
    return this.#ask({ type: 'remove_user', room, user, code, message: message ?? new RealtimeError(code).message });
  }

  /**
   * Closes every connection of a user with 4503: its client does not come back by itself. With `barMs` nobody does with
   * its tokens. Nodes that share a Redis learn that also when they start later; without one a restart forgets it.
   * @throws RealtimeError `validation_failed`, `unavailable`; `limit_exceeded` when 10,000 users and tokens are barred
   */
  async disconnectUser(
    user: string,
    message = BY_ADMIN,
    { jti, barMs }: DisconnectOptions = {},
  ): Promise<ClusterResult> {
    checkUser(user);
    checkBar(jti, barMs);
    if (barMs === undefined) return this.#ask({ type: 'disconnect_user', user, message, jti });
    const until = this.revocations.endAfter(barMs);
    this.revocations.set({ user, jti, until });
    const [reached] = await Promise.all([
      this.#ask({ type: 'disconnect_user', user, message, jti, until }),
      this.revocations.share({ user, jti, until }),
    ]);
    return reached;
  }

  /**
   * Asks the policy again for living memberships, of a room, of a user or of both, and takes out those it now refuses.
   * Rejects with what the policy throws on this node, but for a `RealtimeError`, which is a verdict unless it is
   * `unavailable`. A policy that has many to look up may take longer than other nodes are waited for: give it time.
   * @throws RealtimeError `validation_failed`, `unavailable`
   */
  async recheck(target: ConnectionsOf, options: AskOptions = {}): Promise<ClusterResult> {
    checkTarget(target);
    return this.#ask({ type: 'recheck', room: target.room, user: target.user }, options);
  }

  #disconnect({ user, message, jti, until }: CommandOf<'disconnect_user'>) {
    if (until !== undefined) this.revocations.set({ user, jti, until });
    return { connections: this.local.disconnect(user, message, jti) };
  }

  async #ask(
    command: CommandOf<'count_connections' | 'disconnect_user' | 'remove_user' | 'recheck'>,
    options?: AskOptions,
  ): Promise<ClusterResult> {
    const { answers, failures, unanswered } = await this.nodes.ask(command, options);
    const own = failures.get(this.nodes.name);
    if (own) throw own;
    const connections = [...answers.values()].reduce((sum, answer) => sum + answer.connections, 0);
    return { connections, unanswered: [...unanswered, ...failures.keys()] };
  }
}

function checkTarget({ room, user }: ConnectionsOf): void {
  if (room !== undefined) checkRoom(room);
  if (user !== undefined) checkUser(user);
}

function checkRoom(room: unknown): void {
  if (!isRoomName(room)) throw invalid(`room must be ${ROOM_NAME_RULE}, got '${String(room)}'`);
}

function checkUser(user: unknown): void {
  if (typeof user !== 'string' || !user) throw invalid(`user must be a user id, got '${String(user)}'`);
}

function checkBar(jti: unknown, barMs: unknown): void {
  if (jti !== undefined && !(isCleanText(jti) && jti.length > 0 && jti.length <= MAX_JTI)) {
    throw invalid(`jti must be text of 1..${MAX_JTI} characters`);
  }
  if (barMs === undefined || (Number.isSafeInteger(barMs) && Number(barMs) >= 0 && Number(barMs) <= MAX_BAR_MS)) return;
  throw invalid(`barMs must be a whole number from 0 to ${MAX_BAR_MS}, got ${JSON.stringify(barMs)}`);
}

function invalid(problem: string): RealtimeError {
  return new RealtimeError('validation_failed', `This cannot be done: ${problem}.`);
}
