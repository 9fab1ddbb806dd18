import { checkConnections, ConnectionsOptions } from '../connections/connections.options';
import { CompressionOptions } from '../connections/compression.options';
import { checkHeartbeat, HeartbeatOptions } from '../connections/heartbeat.options';
import { checkInbox, InboxOptions } from '../connections/inbox.options';
import { MessagePackOptions } from '../connections/message-pack.options';
import { checkOutbox, OutboxOptions } from '../connections/outbox.options';
import { checkIdempotency, IdempotencyOptions } from '../gateway/idempotency/idempotency.options';
import { checkErrorBudget, ErrorBudgetOptions } from '../gateway/limits/error-budget.options';
import { checkRateLimit, RateLimitOptions } from '../gateway/limits/rate-limit.options';
import { DrainOptions } from '../gateway/shutdown/drain.options';
import { OptionsCheck, OptionsClass, resolveOptions } from '../options/resolve-options';
import { checkEvents, EventsOptions } from '../publishing/events.options';
import { checkHistory, HistoryOptions } from '../publishing/history.options';
import { checkRooms, RoomsOptions } from '../rooms/rooms.options';

/** Every group of the core's options by its name. Each is injectable by its class. */
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
  /** The WebSocket extension permessage-deflate. */
  compression: group(CompressionOptions),
  /** The binary subprotocol `realtime.v1.msgpack`. */
  messagePack: group(MessagePackOptions),
};

interface Group<Options extends object> {
  readonly Class: OptionsClass<Options>;
  readonly check: OptionsCheck<Options> | undefined;
}

type OptionsOf<Each> = Each extends Group<infer Options> ? Options : never;

/** The groups, complete. */
export type OptionGroups = { readonly [Name in keyof typeof GROUPS]: Readonly<OptionsOf<(typeof GROUPS)[Name]>> };

/** The groups, as the application gives them. */
export type GivenGroups = { [Name in keyof typeof GROUPS]?: Partial<OptionsOf<(typeof GROUPS)[Name]>> };

/** @throws InvalidOption */
export function resolveGroups(given: GivenGroups): OptionGroups {
  const groups = Object.entries(GROUPS as Record<string, unknown> as Record<string, Group<object>>).map(
    ([name, { Class, check }]) => {
      const options = given[name as keyof GivenGroups];
      return [name, resolveOptions(name, Class, options, check)];
    },
  );
  return Object.fromEntries(groups) as OptionGroups;
}

function group<Options extends object>(Class: OptionsClass<Options>, check?: OptionsCheck<Options>): Group<Options> {
  return { Class, check };
}
