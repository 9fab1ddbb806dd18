import { Optional } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Connection } from '../connections/connection';
import { InboundFrame } from '../connections/inbound-frame';
import { RealtimeCounters } from '../connections/realtime-counters';
import { Idempotency, IdempotentWhile, Inbound } from '../gateway/commands/command-options';
import { invalid } from '../gateway/validation/frame.pipe';
import type { StoredReply } from '../gateway/idempotency/reply-store';
import { RealtimeGateway } from '../gateway/adapter/realtime-gateway.decorator';
import type { MemberList, ServerFrameData } from '../protocol/frames';
import { roomKind, RoomName } from '../protocol/room-name';
import { JoinRoomDto } from './join-room.dto';
import { LeaveRoomDto } from './leave-room.dto';
import { MemberLists, required } from './member-lists';
import { MEMBERS_OF_A_FRAME, toMemberList, withJoiner } from './members';
import type { JoinMeta } from './membership-change';
import { RoomAccess } from './room-access';
import type { PreparedJoin } from './join';
import { RoomRegistry } from './room-registry';
import { subscribedRoom, SubscriptionDto } from './subscription.dto';

/** `room_joined` holds while the connection is in the room, `room_left` while it is not. */
function repliesHold(gateway: RoomsGateway, connection: Connection, { type, data }: StoredReply): boolean {
  return gateway.isMember(connection, (data as { room: RoomName }).room) === (type === 'room_joined');
}

@RealtimeGateway()
export class RoomsGateway {
  constructor(
    private readonly rooms: RoomRegistry,
    private readonly access: RoomAccess,
    private readonly traffic: RealtimeCounters,
    @Optional() private readonly lists?: MemberLists,
  ) {}

  @IdempotentWhile(repliesHold)
  @SubscribeMessage('join_room')
  async join(
    @ConnectedSocket() connection: Connection,
    @MessageBody() { room, since, presence, password, meta }: JoinRoomDto,
    @Inbound() frame: InboundFrame,
  ) {
    const joined = await this.rooms.join(connection, room, { since, password, meta });
    if (since) this.traffic[joined.recovered ? 'recovered' : 'unrecovered']++;
    const members = presence ? await this.#look(connection, room, joined, meta) : {};
    frame.afterReply((sent) => joined.follow(sent));
    const data: ServerFrameData['room_joined'] = {
      room,
      ...joined.position,
      recovered: joined.recovered,
      replayed: joined.replayed,
      ...members,
    };
    return { event: 'room_joined', data };
  }

  @IdempotentWhile(repliesHold)
  @SubscribeMessage('leave_room')
  leave(@ConnectedSocket() connection: Connection, @MessageBody() { room }: LeaveRoomDto) {
    this.rooms.leave(connection, room);
    return { event: 'room_left', data: { room } };
  }

  /** `join_room` and `leave_room` under the names of what the room is about. */
  @IdempotentWhile(repliesHold)
  @SubscribeMessage('subscription')
  subscription(
    @ConnectedSocket() connection: Connection,
    @MessageBody() subscription: SubscriptionDto,
    @Inbound() frame: InboundFrame,
  ) {
    const room = subscribedRoom(subscription);
    return subscription.action === 'subscribe'
      ? this.join(connection, { room }, frame)
      : this.leave(connection, { room });
  }

  @Idempotency('none')
  @SubscribeMessage('status')
  status(@ConnectedSocket() connection: Connection, @MessageBody() nothing: object) {
    const unknown = Object.keys(nothing);
    if (unknown.length) throw invalid(unknown.map((field) => ({ field, message: 'is not a known field' })));
    const data: ServerFrameData['status'] = {
      connection_id: connection.id,
      user_id: connection.userId!,
      connected_at: new Date(connection.connectedAt).toISOString(),
      rooms: this.rooms.of(connection),
      messages_sent: connection.messagesSent,
      messages_received: connection.messagesReceived,
    };
    return { event: 'status', data };
  }

  isMember(connection: Connection, room: RoomName): boolean {
    return this.rooms.isMember(connection, room);
  }

  /** Asked of whoever is in: a policy may show the members to members only. */
  async #look(connection: Connection, room: RoomName, joined: PreparedJoin, meta?: JoinMeta): Promise<MemberList> {
    try {
      await this.access.authorize(connection.identity!, 'presence', room);
      const page = await required(this.lists).members(room, MEMBERS_OF_A_FRAME);
      // A user's own room, which all its connections are in, has no presence.
      if (roomKind(room) === 'user') return toMemberList(page);
      return toMemberList(withJoiner(page, connection, this.rooms.isMember(connection, room), meta));
    } catch (error) {
      joined.follow(false);
      throw error;
    }
  }
}
