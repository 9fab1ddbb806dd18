export { RealtimeModule } from './realtime.module';
export type { AuthOptions, OriginRule, RealtimeModuleOptions, RoomKindOptions } from './realtime.options';
export type { EmitterModuleOptions } from './role.options';
export { RealtimeWsAdapter } from './gateway/realtime-ws.adapter';

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
export type { Reached, Removal } from './rooms/rooms.service';
export { RequireRoom, RoomGuard } from './rooms/room.guard';
export { IsRoomName } from './rooms/is-room-name';
export { RoomPolicy } from './auth/room-policy';
export type { RoomAction, RoomRequest } from './auth/room-policy';

export { Authenticator } from './auth/authenticator';
export type { Presented } from './auth/authenticator';
export type { Identity } from './auth/identity';
export type { JwtAlgorithm, JwtKey, JwtKeyLookup } from './auth/jwt-key';

export { ChannelsService } from './chat/channels/channels.service';
export { ChannelModeration } from './chat/channels/channel-moderation';
export type { Ban } from './chat/channels/channel-moderation';
export type { Channel } from './chat/channels/channel';
export type { CreateChannelDto, UpdateChannelDto } from './chat/channels/channel.dto';

export { RealtimeGateway } from './gateway/realtime-gateway.decorator';
export { Idempotency, Inbound, Unauthenticated } from './gateway/command-options';
export { Replies } from './gateway/replies.decorator';
export { Roles, RolesGuard } from './gateway/roles.guard';
export { ReplyStore } from './gateway/reply-store';
export type { StoredReply } from './gateway/reply-store';
export { RedisReplyStore } from './gateway/redis-reply-store';
export { UserLimits } from './gateway/user-limits';
export { RedisUserLimits } from './gateway/redis-user-limits';
export { Connection } from './connections/connection';
export { InboundFrame } from './connections/inbound-frame';
export { Traffic } from './connections/traffic';

export { Backplane, StreamGap } from './backplane/backplane';
export type {
  BackplaneState,
  Delivery,
  Kept,
  PageRequest,
  Publication,
  Reset,
  Retention,
  StoredPublication,
  StreamPage,
} from './backplane/backplane';
export { ClusterBackplane } from './backplane/cluster/cluster.backplane';
export { serveClusterBackplane } from './backplane/cluster/serve-cluster-backplane';
export type { ClusterPrimary } from './backplane/cluster/cluster.primary';
export type { ClusterBackplaneOptions, ClusterPrimaryOptions } from './backplane/cluster/cluster.options';
export { MemoryBackplane } from './backplane/memory/memory.backplane';
export { RedisBackplane } from './backplane/redis/redis.backplane';
export type { RedisBackplaneOptions } from './backplane/redis/redis.backplane';
export type { WaitingOptions } from './backplane/redis/waiting';
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
export { RedisNodes } from './nodes/redis/redis.nodes';
export type { RedisNodesOptions } from './nodes/redis/redis-nodes.options';
export { PresenceStore } from './presence/presence-store';
export type {
  MembersPage,
  MembersRequest,
  Presence,
  PresenceChange,
  PresenceSettings,
} from './presence/presence-store';
export { MemoryPresence } from './presence/memory/memory.presence';
export { RedisPresence } from './presence/redis/redis.presence';
export type { RedisPresenceOptions } from './presence/redis/redis.presence';
export { RedisConnections } from './redis/redis-connections';
export type { RedisState } from './redis/redis-connections';
export type { RedisConnectionsOptions } from './redis/redis.options';

export { Audit } from './audit/audit';
export type { AdminAction, AuditEntry, AuditType } from './audit/audit';
export { AuditLog } from './audit/audit-log';
export type { AuditPage, AuditQuery, AuditRecord } from './audit/audit-log';

export { Metrics } from './metrics/metrics';
export type { MetricsSnapshot } from './metrics/metrics';
export type { MetricsRegistry } from './metrics/registry';
export { Health } from './metrics/health';
export type { Checks, Readiness } from './metrics/health';
export { RealtimeHealthIndicator } from './metrics/realtime-health.indicator';
export type { RealtimeHealthResult } from './metrics/realtime-health.indicator';
export { AsyncApi } from './documents/asyncapi';
export type { AsyncApiDocument } from './documents/asyncapi';
export type { DataDescription } from './documents/documents.options';

export { Storage } from './storage/storage';
export type { Work } from './storage/storage';
export type { Database } from './storage/database';
export type { DialectName, Migration } from './storage/migration';
export type { StorageOptions } from './storage/storage.options';
export { SqliteStorage } from './storage/sqlite/sqlite.storage';
export type { SqliteStorageOptions } from './storage/sqlite/sqlite.storage';
export { PostgresStorage } from './storage/postgres/postgres.storage';
export type { PostgresStorageOptions } from './storage/postgres/postgres.storage';

export { CLOSE_CODES, Disconnect } from './protocol/close-codes';
export type { CloseReason } from './protocol/close-codes';
export { ERRORS, RealtimeError } from './protocol/errors';
export type { ErrorCode, ErrorData, ErrorDetail } from './protocol/errors';
export type { ClientFrame, Member, MemberList, ServerFrame, ServerFrameData } from './protocol/frames';
export type { JsonSchema } from './protocol/json-schema';
export type { StreamPosition } from './protocol/position';
export type { RoomName } from './protocol/room-name';
