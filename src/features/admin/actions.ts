import { Injectable } from '@nestjs/common';
import { nextMessageId } from '../../protocol/message-id';
import { Activities, Activity } from '../../events/activities';
import type { EmitOptions } from '../../events/domain-event';
import { EventsService } from '../../events/events.service';
import type { CommandOf } from '../../nodes/command';
import { RealtimeError } from '../../protocol/errors';
import { EVERYONE, RoomName, userRoom } from '../../protocol/room-name';
import { ClusterResult, RoomsService } from '../../rooms/rooms.service';
import type { DisconnectUserDto, MessageDto, RoomMessageDto, UserMessageDto } from './action.dto';
import { Cluster } from './cluster';
import type { Operator } from './operator';

const BY_ADMIN = 'disconnected by an administrator';

type AdminAction = 'admin_message' | 'admin_disconnect' | 'admin_recheck' | 'admin_drain';

/** What administrators do, on record before it is done. */
@Injectable()
export class Actions {
  constructor(
    private readonly activities: Activities,
    private readonly events: EventsService,
    private readonly rooms: RoomsService,
    private readonly cluster: Cluster,
  ) {}

  /** @throws RealtimeError `validation_failed`, `unavailable` */
  async broadcast(by: Operator, message: MessageDto) {
    const { message_id } = await this.#say(by, EVERYONE, message, { all: true });
    return { message_id };
  }

  /** @throws RealtimeError `validation_failed`, `unavailable` */
  sayInRoom(by: Operator, room: RoomName, { delivery, ...message }: RoomMessageDto) {
    return this.#say(by, room, message, { room, delivery });
  }

  /** @throws RealtimeError `validation_failed`, `unavailable` */
  sayToUser(by: Operator, user: string, { mailbox, ...message }: UserMessageDto) {
    return this.#say(by, userRoom(user), message, { user, mailbox });
  }

  /** @throws RealtimeError `unavailable`, `limit_exceeded` */
  disconnectUser(by: Operator, user: string, { message, jti, bar_ms }: DisconnectUserDto): Promise<ClusterResult> {
    this.#record(by, 'admin_disconnect', { target: user, ...(bar_ms ? { code: 'banned' } : {}) });
    return this.rooms.disconnectUser(user, message ?? BY_ADMIN, { jti: jti ?? undefined, barMs: bar_ms ?? undefined });
  }

  /** @throws RealtimeError `unavailable` */
  disconnectRoom(by: Operator, room: RoomName, message = BY_ADMIN): Promise<ClusterResult> {
    this.#record(by, 'admin_disconnect', { room });
    return this.#reach({ type: 'disconnect_room', room, message });
  }

  /** @throws RealtimeError `not_found`, `unavailable` */
  async disconnect(by: Operator, connection: string, message = BY_ADMIN): Promise<ClusterResult> {
    this.#record(by, 'admin_disconnect', { connection });
    const reached = await this.#reach({ type: 'disconnect_connection', connection, message });
    if (reached.connections || reached.unanswered.length) return reached;
    throw new RealtimeError('not_found', 'There is no such connection.');
  }

  /** @throws RealtimeError `unavailable` */
  recheck(by: Operator, room: RoomName): Promise<ClusterResult> {
    this.#record(by, 'admin_recheck', { room });
    return this.rooms.recheck({ room });
  }

  /** @throws RealtimeError `not_found`, `unavailable` */
  async drain(by: Operator, node: string) {
    this.#record(by, 'admin_drain', { target: node });
    const { answers, unanswered } = await this.cluster.ask({ type: 'drain', node });
    if (unanswered.includes(node)) throw new RealtimeError('unavailable', 'This node did not answer.');
    if (!answers.get(node)?.draining) throw new RealtimeError('not_found', 'There is no such node.');
    return { node, draining: true };
  }

  async #say(by: Operator, room: RoomName, { event, data, message_id }: MessageDto, to: EmitOptions) {
    const id = message_id ?? nextMessageId();
    this.#record(by, 'admin_message', { room, target: id });
    const position = await this.events.emit(event, data, { ...to, id });
    return { message_id: id, ...position };
  }

  async #reach(command: CommandOf<'disconnect_room' | 'disconnect_connection'>): Promise<ClusterResult> {
    const { answers, unanswered } = await this.cluster.ask(command);
    const connections = [...answers.values()].reduce((sum, answer) => sum + answer.connections, 0);
    return { connections, unanswered };
  }

  #record(by: Operator, type: AdminAction, what: Pick<Activity, 'room' | 'target' | 'connection' | 'code'>): void {
    this.activities.record({ type, ...by, ...what });
  }
}
