import type { JsonSchema } from '../../protocol/json-schema';

type Properties = Readonly<Record<string, JsonSchema>>;

const string: JsonSchema = { type: 'string' };
const time: JsonSchema = { type: 'string', format: 'date-time' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const next: JsonSchema = { type: 'string', description: 'The cursor of the next page; left out: there is none.' };
const unanswered: JsonSchema = {
  type: 'array',
  items: string,
  description: 'The nodes that did not answer in time, or could not: what is there is not in it.',
};

function object(required: Properties, optional: Properties = {}, title?: string): JsonSchema {
  const properties = { ...required, ...optional };
  return { ...(title ? { title } : {}), type: 'object', properties, required: Object.keys(required) };
}

function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

export const REACHED = object({ connections: count, unanswered }, {}, 'Reached');

const CONNECTION = object(
  {
    id: string,
    node: string,
    address: string,
    connected_at: time,
    last_seen_at: time,
    received: count,
    sent: count,
    errors: count,
    waiting: { ...count, description: 'Frames that wait for it to read.' },
    subprotocol: { type: 'string', enum: ['json', 'msgpack'] },
    rooms: list(string),
  },
  { user_id: string, name: string, user_agent: string },
  'Connection',
);

export const CONNECTION_PAGE = object({ connections: list(CONNECTION), unanswered }, { next }, 'ConnectionPage');

const ROOM = object({ room: string, connections: count, nodes: count }, {}, 'Room');

export const ROOM_PAGE = object({ rooms: list(ROOM), unanswered }, { next }, 'RoomPage');

const ROOM_MEMBER = object({ user_id: string, connections: count, joined_at: time }, { name: string }, 'RoomMember');

const ACTIVITY = object(
  { type: string, message_id: string, offset: count, timestamp: time, bytes: count },
  {},
  'RoomActivity',
);

export const ROOM_REPORT = object(
  {
    room: string,
    connections: count,
    members: { ...list(ROOM_MEMBER), description: 'The first hundred.' },
    epoch: string,
    offset: count,
    recent: { ...list(ACTIVITY), description: 'The last twenty publications, the oldest first.' },
    unanswered,
  },
  {
    has_more: { type: 'boolean', description: 'Whether there are other members.' },
    kept: {
      ...object({ publications: count, bytes: count }),
      description: 'Left out where the backplane cannot tell.',
    },
  },
  'RoomReport',
);

const PUBLICATION = object(
  { type: string, data: {}, message_id: string, offset: count, timestamp: time, bytes: count },
  {},
  'RoomPublication',
);

export const PUBLICATION_PAGE = object(
  {
    room: string,
    epoch: string,
    offset: count,
    history: { type: 'boolean', description: 'Whether the stream of such a room keeps what is said.' },
    publications: { ...list(PUBLICATION), description: 'The oldest first.' },
    has_more: { type: 'boolean', description: 'Whether the stream holds older ones.' },
  },
  {},
  'PublicationPage',
);

const NODE = object(
  {
    name: string,
    uptime_s: count,
    draining: { type: 'boolean' },
    connections: count,
    rooms: count,
    deliveries: count,
    slow_consumers: count,
    memory_bytes: count,
    lag_ms: {
      ...object({ bounds: list({ type: 'number' }), cumulative: list(count) }),
      description:
        'Deliveries by the milliseconds from publication to the socket: how many took at most each bound; the last counts all.',
    },
    messages_received: count,
    messages_sent: count,
    errors: { ...count, description: 'Error frames.' },
  },
  {},
  'Node',
);

export const STATS = object(
  { connections: count, deliveries: count, slow_consumers: count, nodes: list(NODE), unanswered },
  {},
  'Stats',
);

const depth: JsonSchema = { type: ['integer', 'null'], description: 'null while the database does not answer.' };

export const METRICS_REPORT = object(
  {
    hub: object({
      active_connections: count,
      total_connections: count,
      messages_sent: count,
      messages_received: count,
      broadcasts_sent: count,
    }),
    middleware: object({
      rate_limiter: object({ active_limiters: count, requests_per_second: { type: 'number', minimum: 0 } }),
      error_handler: object({ connections_with_errors: count, total_errors: count }),
    }),
    offline_messages: object({ total_messages: depth, users_with_messages: depth }),
    unanswered,
  },
  {},
  'Metrics',
);

const AUDIT_ENTRY = object(
  { at: time, type: string },
  { user: string, room: string, target: string, code: string, connection: string, address: string, count },
  'AuditEntry',
);

export const AUDIT_PAGE = object({ entries: list(AUDIT_ENTRY) }, { next }, 'AuditPage');

export const BROADCAST = object({ message_id: string }, {}, 'BroadcastSaid');

export const SAID = object({ message_id: string, epoch: string, offset: count }, {}, 'Said');

export const DRAINING = object({ node: string, draining: { type: 'boolean' } }, {}, 'Draining');

const AUDIENCE = { receivers: count, slow: count, refused: count };

const USER_EXPLAINED = object(
  {
    user_id: string,
    receives: { type: 'boolean' },
    connections: count,
    joined: count,
    nodes: { ...list(string), description: 'Where it is connected.' },
  },
  { why_not: { type: 'string', enum: ['not_connected', 'not_joined', 'policy'] }, refusal: string },
  'UserExplained',
);

export const EXPLANATION = object(
  {
    room: string,
    event: string,
    bytes_each: count,
    bytes: count,
    ...AUDIENCE,
    nodes: list(object({ name: string, ...AUDIENCE })),
    unanswered,
  },
  { user: USER_EXPLAINED },
  'Explanation',
);
