// First: a missing package is named before a file that imports it is loaded.
import './packages';

export { RealtimeModule } from './realtime.module';
export { RealtimeEmitterModule } from './realtime-emitter.module';
export type { EmitterModuleOptions, RealtimeModuleOptions } from './realtime.options';
export type { AuthOptions } from './auth/auth.options';
export type { OriginRule } from './gateway/handshake/endpoint.options';
export type { RoomKindOptions } from './rooms/room-kind.options';
export { RealtimeWsAdapter } from './gateway/adapter/realtime-ws.adapter';

export { EventsService } from './events/events.service';
export { Emitter } from './emitter';
export type { EmitterOptions } from './emitter';
export { Activities } from './events/activities';
export type { Activity } from './events/activities';
export { EmitEvent } from './events/emit-event.decorator';
export type { EmitEventOptions } from './events/emit-event.decorator';
export type { DomainEvent, EmitOptions, EmitResult } from './events/domain-event';
export type { EventData, EventName, RealtimeEvents } from './events/realtime-events';

export { RoomsService } from './rooms/rooms.service';
export { RoomPositions } from './history/room-positions';
export { RealtimeSnapshot } from './history/realtime-snapshot.decorator';
export type { SnapshotRequest, SnapshotRoom } from './history/snapshot.interceptor';
export type { DisconnectOptions, ClusterResult, RemoveOptions } from './rooms/rooms.service';
export { RequireRoom, RoomGuard } from './rooms/room.guard';
export { IsRoomName } from './rooms/is-room-name';
export { RoomPolicy } from './auth/room-policy';
export type { PolicyOption, RoomAction, RoomRequest } from './auth/room-policy';

export { Authenticator } from './auth/authenticator';
export type { PresentedCredential } from './auth/authenticator';
export type { Identity } from './auth/identity';
export type { JwtAlgorithm, JwtKey, JwtKeyLookup } from './auth/jwt-key';

export { RealtimeGateway } from './gateway/adapter/realtime-gateway.decorator';
export { Idempotency, Inbound, Unauthenticated } from './gateway/commands/command-options';
export { ReplyType } from './gateway/commands/reply-type.decorator';
export { Roles, RolesGuard } from './gateway/commands/roles.guard';
export { ReplyStore } from './gateway/idempotency/reply-store';
export type { StoredReply } from './gateway/idempotency/reply-store';
export { UserLimits } from './gateway/limits/user-limits';
export { Connection } from './connections/connection';
export { InboundFrame } from './connections/inbound-frame';
export { RealtimeCounters } from './connections/realtime-counters';

export { Backplane, StreamGap } from './publishing/backplane';
export { SharedAdapters } from './publishing/shared-adapters';
export { Tracing } from './publishing/tracing';
export type {
  BackplaneState,
  Delivery,
  StreamUsage,
  PageRequest,
  Publication,
  Renewal,
  Reset,
  Retention,
  StoredPublication,
  StreamPage,
} from './publishing/backplane';
export { MemoryBackplane } from './publishing/memory/memory.backplane';
export { Nodes } from './nodes/nodes';
export type { NodeResponses, AskOptions, NodeHandler, NodeResult } from './nodes/nodes';
export type {
  AdminAnswers,
  AdminCommand,
  ConnectionHere,
  NodeMeasures,
  NodeMetrics,
  RoomHere,
} from './nodes/admin-command';
export type { CommandOf, ConnectionsOf, Eviction, NodeAnswers, NodeCommand, NodeCommandType } from './nodes/command';

export { Storage } from './storage/storage';
export type { Work } from './storage/storage';
export type { Database } from './storage/database';
export type { DialectName, Migration } from './storage/migration';
export type { StorageOptions } from './storage/storage.options';

export { CLOSE_CODES, Disconnect } from './protocol/close-codes';
export type { CloseReason } from './protocol/close-codes';
export { ERRORS, RealtimeError } from './protocol/errors';
export type { ErrorCode, ErrorData, ErrorDetail } from './protocol/errors';
export type { ClientFrame, Member, MemberList, ServerFrame, ServerFrameData } from './protocol/frames';
export type { JsonSchema } from './protocol/json-schema';
export type { StreamPosition } from './protocol/position';
export type { RoomName } from './protocol/room-name';
