import { checkConnections, ConnectionsOptions } from '../connections/connections.options';
import { CompressionOptions } from '../connections/compression.options';
import { checkHeartbeat, HeartbeatOptions } from '../connections/heartbeat.options';
import { checkInbox, InboxOptions } from '../connections/inbox.options';
import { MessagePackOptions } from '../connections/message-pack.options';
import { checkOutbox, OutboxOptions } from '../connections/outbox.options';
import { AdminOptions, checkAdmin } from '../features/admin/admin.options';
import { checkDocuments, DocumentsOptions } from '../features/asyncapi/documents.options';
import { AuditOptions, checkAudit } from '../features/audit/audit.options';
import { ChannelsOptions, checkChannels } from '../features/chat/channels/channels.options';
import { ChatOptions, checkChat } from '../features/chat/chat.options';
import { checkMailbox, MailboxOptions } from '../features/mailbox/mailbox.options';
import { checkHealth, HealthOptions } from '../features/metrics/health.options';
import { checkMetrics, MetricsOptions } from '../features/metrics/metrics.options';
import { checkPresence, PresenceOptions } from '../features/presence/presence.options';
import { TracingOptions } from '../features/tracing/tracing.options';
import { checkIdempotency, IdempotencyOptions } from '../gateway/idempotency/idempotency.options';
import { checkErrorBudget, ErrorBudgetOptions } from '../gateway/limits/error-budget.options';
import { checkRateLimit, RateLimitOptions } from '../gateway/limits/rate-limit.options';
import { DrainOptions } from '../gateway/shutdown/drain.options';
import { OptionsCheck, OptionsClass, resolveOptions } from '../options/resolve-options';
import { checkEvents, EventsOptions } from '../publishing/events.options';
import { checkHistory, HistoryOptions } from '../publishing/history.options';
import { checkRooms, RoomsOptions } from '../rooms/rooms.options';

/** Every group of options by its name. Each is injectable by its class. */
export const GROUPS = {
  /** Limits on connections and handshakes. */
  connections: group(ConnectionsOptions, checkConnections),
  /** Detection of dead connections. */
  heartbeat: group(HeartbeatOptions, checkHeartbeat),
  /** The queue of received frames of one connection. */
  inbox: group(InboxOptions, checkInbox),
  /** The queue of frames for a client that reads slowly. */
  outbox: group(OutboxOptions, checkOutbox),
  /** Limits on what clients send, as token buckets. */
  rateLimit: group(RateLimitOptions, checkRateLimit),
  /** Tolerance for clients that send malformed frames. */
  errorBudget: group(ErrorBudgetOptions, checkErrorBudget),
  /** Limits on rooms and on the policy's answers. */
  rooms: group(RoomsOptions, checkRooms),
  /** Limits on what each room's stream keeps. */
  history: group(HistoryOptions, checkHistory),
  /** Replies that are kept for a repeated `message_id`. */
  idempotency: group(IdempotencyOptions, checkIdempotency),
  /** Graceful shutdown. */
  drain: group(DrainOptions),
  /** Names of events on the wire. */
  events: group(EventsOptions, checkEvents),
  /** Chat messages that are stored before they are published. */
  chat: group(ChatOptions, checkChat),
  /** Messages that wait for a user who is offline. */
  mailbox: group(MailboxOptions, checkMailbox),
  /** Rooms that users create and moderate. */
  channels: group(ChannelsOptions, checkChannels),
  /** Presence: the list of users in each room. */
  presence: group(PresenceOptions, checkPresence),
  /** The record of who did what. */
  audit: group(AuditOptions, checkAudit),
  /** The WebSocket extension permessage-deflate. */
  compression: group(CompressionOptions),
  /** The binary subprotocol `realtime.v1.msgpack`. */
  messagePack: group(MessagePackOptions),
  /** The admin API. It is there only if this is given, at least as `admin: {}`. */
  admin: group(AdminOptions, checkAdmin),
  /** Metrics for Prometheus. */
  metrics: group(MetricsOptions, checkMetrics),
  /** Health checks over HTTP. */
  health: group(HealthOptions, checkHealth),
  /** The AsyncAPI document. */
  documents: group(DocumentsOptions, checkDocuments),
  /** Distributed tracing. */
  tracing: group(TracingOptions),
};

interface Group<Options extends object> {
  readonly Class: OptionsClass<Options>;
  readonly check: OptionsCheck<Options> | undefined;
}

type OptionsOf<Each> = Each extends Group<infer Options> ? Options : never;
type AllGroups = { readonly [Name in keyof typeof GROUPS]: Readonly<OptionsOf<(typeof GROUPS)[Name]>> };

/** The groups, complete. `admin` is left out where there is no admin API. */
export type OptionGroups = Omit<AllGroups, 'admin'> & { readonly admin: AllGroups['admin'] | undefined };

/** The groups, as the application gives them. */
export type GivenGroups = { [Name in keyof typeof GROUPS]?: Partial<OptionsOf<(typeof GROUPS)[Name]>> };

/** @throws InvalidOption */
export function resolveGroups(given: GivenGroups): OptionGroups {
  const groups = Object.entries(GROUPS as Record<string, unknown> as Record<string, Group<object>>).map(
    ([name, { Class, check }]) => {
      const options = given[name as keyof GivenGroups];
      if (name === 'admin' && !options) return [name, undefined];
      return [name, resolveOptions(name, Class, options, check)];
    },
  );
  return Object.fromEntries(groups) as OptionGroups;
}

function group<Options extends object>(Class: OptionsClass<Options>, check?: OptionsCheck<Options>): Group<Options> {
  return { Class, check };
}
