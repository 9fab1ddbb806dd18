export { RealtimeModule } from './realtime.module';
export type { AuthOptions, OriginRule, RealtimeModuleOptions, RoomKindOptions } from './realtime.options';
export { RealtimeWsAdapter } from './gateway/realtime-ws.adapter';

export { EventsService } from './events/events.service';
export { EmitEvent } from './events/emit-event.decorator';
export type { EmitEventOptions } from './events/emit-event.decorator';
export type { DomainEvent, EmitOptions, Emitted } from './events/domain-event';
export type { EventData, EventName, RealtimeEvents } from './events/realtime-events';

export { RoomsService } from './rooms/rooms.service';
export { RequireRoom, RoomGuard } from './rooms/room.guard';
export { IsRoomName } from './rooms/is-room-name';
export { RoomPolicy } from './auth/room-policy';
export type { RoomAction, RoomRequest } from './auth/room-policy';

export { Authenticator } from './auth/authenticator';
export type { Presented } from './auth/authenticator';
export type { Identity } from './auth/identity';
export type { JwtAlgorithm, JwtKey, JwtKeyLookup } from './auth/jwt-key';

export { RealtimeGateway } from './gateway/realtime-gateway.decorator';
export { Idempotency, Inbound, Unauthenticated } from './gateway/command-options';
export { Roles, RolesGuard } from './gateway/roles.guard';
export { ReplyStore } from './gateway/reply-store';
export type { StoredReply } from './gateway/reply-store';
export { Connection } from './connections/connection';
export { InboundFrame } from './connections/inbound-frame';
export { Traffic } from './connections/traffic';

export { Backplane, StreamGap } from './backplane/backplane';
export type {
  Delivery,
  PageRequest,
  Publication,
  Retention,
  StoredPublication,
  StreamPage,
} from './backplane/backplane';
export { ClusterBackplane } from './backplane/cluster/cluster.backplane';
export { serveClusterBackplane } from './backplane/cluster/serve-cluster-backplane';
export type { ClusterPrimary } from './backplane/cluster/cluster.primary';
export type { ClusterBackplaneOptions, ClusterPrimaryOptions } from './backplane/cluster/cluster.options';
export { MemoryBackplane } from './backplane/memory/memory.backplane';

export { CLOSE_CODES, Disconnect } from './protocol/close-codes';
export type { CloseReason } from './protocol/close-codes';
export { ERRORS, RealtimeError } from './protocol/errors';
export type { ErrorCode, ErrorData, ErrorDetail } from './protocol/errors';
export type { ClientFrame, Member, ServerFrame, ServerFrameData } from './protocol/frames';
export type { StreamPosition } from './protocol/position';
export type { RoomName } from './protocol/room-name';
