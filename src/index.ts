export { RealtimeModule } from './realtime.module';
export type { EmitterModuleOptions, RealtimeModuleOptions } from './realtime.options';
export type { AuthOptions } from './auth/auth.options';
export type { OriginRule } from './gateway/handshake/endpoint.options';
export type { RoomKindOptions } from './rooms/room-kind.options';
export { RealtimeWsAdapter } from './gateway/adapter/realtime-ws.adapter';

export { EventsService } from './events/events.service';
export { Emitter } from './emitter';
export type { EmitterOptions } from './emitter';
export { EmitEvent } from './events/emit-event.decorator';
export type { EmitEventOptions } from './events/emit-event.decorator';
export type { DomainEvent, EmitOptions, Emitted } from './events/domain-event';
export type { EventData, EventName, RealtimeEvents } from './events/realtime-events';

export { RoomsService } from './rooms/rooms.service';
export { RoomPositions } from './history/room-positions';
export { RealtimeSnapshot } from './history/realtime-snapshot.decorator';
export type { SnapshotRequest, SnapshotRoom } from './history/snapshot.interceptor';
export type { DisconnectOptions, Reached, Removal } from './rooms/rooms.service';
export { RequireRoom, RoomGuard } from './rooms/room.guard';
export { IsRoomName } from './rooms/is-room-name';
export { RoomPolicy } from './auth/room-policy';
export type { PolicyOption, RoomAction, RoomRequest } from './auth/room-policy';

export { Authenticator } from './auth/authenticator';
export type { Presented } from './auth/authenticator';
export type { Identity } from './auth/identity';
export type { JwtAlgorithm, JwtKey, JwtKeyLookup } from './auth/jwt-key';

export { ChannelsService } from './features/chat/channels/channels.service';
export { ChannelModeration } from './features/chat/channels/channel-moderation';
export type { Ban } from './features/chat/channels/channel-moderation';
export type { Channel } from './features/chat/channels/channel';
export type { CreateChannelDto, UpdateChannelDto } from './features/chat/channels/channel.dto';

export { RealtimeGateway } from './gateway/adapter/realtime-gateway.decorator';
export { Idempotency, Inbound, Unauthenticated } from './gateway/commands/command-options';
export { Replies } from './gateway/commands/replies.decorator';
export { Roles, RolesGuard } from './gateway/commands/roles.guard';
export { ReplyStore } from './gateway/idempotency/reply-store';
export type { StoredReply } from './gateway/idempotency/reply-store';
export { RedisReplyStore } from './adapters/redis/replies/redis-reply-store';
export { UserLimits } from './gateway/limits/user-limits';
export { RedisUserLimits } from './adapters/redis/limits/redis-user-limits';
export { Connection } from './connections/connection';
export { InboundFrame } from './connections/inbound-frame';
export { Traffic } from './connections/traffic';

export { Backplane, StreamGap } from './publishing/backplane';
export type {
  BackplaneState,
  Delivery,
  Kept,
  PageRequest,
  Publication,
  Renewal,
  Reset,
  Retention,
  StoredPublication,
  StreamPage,
} from './publishing/backplane';
export { ClusterBackplane } from './adapters/ipc/cluster.backplane';
export { serveClusterBackplane } from './adapters/ipc/serve-cluster-backplane';
export type { ClusterPrimary } from './adapters/ipc/cluster.primary';
export type { ClusterBackplaneOptions, ClusterPrimaryOptions } from './adapters/ipc/cluster.options';
export { MemoryBackplane } from './publishing/memory/memory.backplane';
export { RedisBackplane } from './adapters/redis/backplane/redis.backplane';
export type { RedisBackplaneOptions } from './adapters/redis/backplane/redis.backplane';
export type { WaitingOptions } from './adapters/redis/backplane/publish-queue';
export { Nodes } from './nodes/nodes';
export type { Asked, AskOptions, NodeHandler, Outcome } from './nodes/nodes';
export type {
  AdminAnswers,
  AdminCommand,
  ConnectionHere,
  NodeMeasures,
  NodeMetrics,
  RoomHere,
} from './nodes/admin-command';
export type { CommandOf, ConnectionsOf, Eviction, NodeAnswers, NodeCommand, NodeCommandType } from './nodes/command';
export { RedisNodes } from './adapters/redis/nodes/redis.nodes';
export type { RedisNodesOptions } from './adapters/redis/nodes/redis-nodes.options';
export { PresenceStore } from './features/presence/presence-store';
export type {
  MembersPage,
  MembersRequest,
  Presence,
  PresenceChange,
  PresenceSettings,
} from './features/presence/presence-store';
export { MemoryPresence } from './features/presence/memory/memory.presence';
export { RedisPresence } from './adapters/redis/presence/redis.presence';
export type { RedisPresenceOptions } from './adapters/redis/presence/redis.presence';
export { RedisConnections } from './adapters/redis/redis-connections';
export type { RedisState } from './adapters/redis/redis-connections';
export type { RedisConnectionsOptions } from './adapters/redis/redis.options';

export { Audit } from './features/audit/audit';
export type { AdminAction, AuditEntry, AuditType } from './features/audit/audit';
export { AuditLog } from './features/audit/audit-log';
export type { AuditPage, AuditQuery, AuditRecord } from './features/audit/audit-log';

export { Metrics } from './features/metrics/metrics';
export type { MetricsSnapshot } from './features/metrics/metrics';
export type { MetricsRegistry } from './features/metrics/registry';
export { Health } from './features/metrics/health';
export type { Checks, Readiness } from './features/metrics/health';
export { RealtimeHealthIndicator } from './features/metrics/realtime-health.indicator';
export type { RealtimeHealthResult } from './features/metrics/realtime-health.indicator';
export { AsyncApi } from './features/asyncapi/asyncapi';
export type { AsyncApiDocument } from './features/asyncapi/asyncapi';
export type { DataDescription } from './features/asyncapi/documents.options';

export { Storage } from './storage/storage';
export type { Work } from './storage/storage';
export type { Database } from './storage/database';
export type { DialectName, Migration } from './storage/migration';
export type { StorageOptions } from './storage/storage.options';
export { SqliteStorage } from './adapters/sqlite/sqlite.storage';
export type { SqliteStorageOptions } from './adapters/sqlite/sqlite.storage';
export { PostgresStorage } from './adapters/postgres/postgres.storage';
export type { PostgresStorageOptions } from './adapters/postgres/postgres.storage';

export { CLOSE_CODES, Disconnect } from './protocol/close-codes';
export type { CloseReason } from './protocol/close-codes';
export { ERRORS, RealtimeError } from './protocol/errors';
export type { ErrorCode, ErrorData, ErrorDetail } from './protocol/errors';
export type { ClientFrame, Member, MemberList, ServerFrame, ServerFrameData } from './protocol/frames';
export type { JsonSchema } from './protocol/json-schema';
export type { StreamPosition } from './protocol/position';
export type { RoomName } from './protocol/room-name';
