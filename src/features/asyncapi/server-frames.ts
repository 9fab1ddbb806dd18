import { ERRORS } from '../../protocol/errors';
import type { ServerFrameType } from '../../protocol/frames';
import type { JsonSchema, JsonSchemas } from '../../protocol/json-schema';
import { ROOM_NAME_PATTERN } from '../../protocol/room-name';

const SCHEMAS = '#/components/schemas/';
const string: JsonSchema = { type: 'string' };
const boolean: JsonSchema = { type: 'boolean' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const time: JsonSchema = { type: 'string', format: 'date-time' };
const anything: JsonSchema = { type: 'object' };
/** Also those of user rooms, which need not fit what clients may name. */
const room: JsonSchema = { type: 'string', minLength: 1 };
/** W3C Trace Context; only where the server is set to tell it. */
const trace: JsonSchema = { type: 'string', pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' };
const author: JsonSchema = { $ref: `${SCHEMAS}Author` };
const members: JsonSchemas = {
  members: { type: 'array', items: { $ref: `${SCHEMAS}Member` } },
  'has_more?': { const: true },
};
const position = { epoch: string, offset: count };

export const MESSAGE_ID: JsonSchema = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' };

/** An object with these keys; those that end with `?` may be left out. There will be more keys: it is open. */
function object(keys: JsonSchemas): JsonSchema {
  const entries = Object.entries(keys);
  const required = entries.map(([key]) => key).filter((key) => !key.endsWith('?'));
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, schema]) => [key.replace('?', ''), schema])),
    ...(required.length ? { required } : {}),
  };
}

/** What every frame of the server has. */
export function serverFrame(type: JsonSchema, data: JsonSchema): JsonSchema {
  return object({
    type,
    data,
    message_id: string,
    timestamp: time,
    'reply_to?': MESSAGE_ID,
    'room?': room,
    'user?': author,
    'trace?': trace,
    'offset?': count,
  });
}

/** Parts of several frames. */
export const PARTS: JsonSchemas = {
  RoomName: { type: 'string', pattern: ROOM_NAME_PATTERN, description: 'By custom kind:id.' },
  Author: object({ id: string, 'name?': string }),
  Member: object({ user_id: string, 'name?': string, connections: count, joined_at: time, 'meta?': anything }),
  KeptMessage: object({
    id: string,
    'text?': string,
    user: author,
    sent_at: time,
    'edited_at?': time,
    'deleted?': { const: true },
  }),
  Publication: serverFrame(string, {}),
  ErrorDetail: object({ field: string, message: string }),
};

export interface FrameDescription {
  readonly summary: string;
  readonly data: JsonSchema;
  /** It also comes without being asked for. */
  readonly pushed?: true;
}

/** Every frame the server itself sends: what `ServerFrameData` says to the compiler, for clients. */
export const SERVER_FRAMES: Readonly<Record<ServerFrameType, FrameDescription>> = {
  pong: { summary: 'The data of the ping.', data: anything },
  echo: { summary: 'The data that were sent.', data: anything },
  status: {
    summary: 'What the server knows of this connection.',
    data: object({
      connection_id: string,
      user_id: string,
      connected_at: time,
      rooms: { type: 'array', items: room },
      messages_sent: count,
      messages_received: count,
    }),
  },
  auth_required: {
    summary: 'No credential came with the handshake: authenticate within this time.',
    data: object({ timeout_ms: count }),
    pushed: true,
  },
  auth_success: {
    summary: 'The connection is authenticated. The first frame, where the handshake held a credential.',
    data: object({
      connection_id: string,
      user_id: string,
      expires_at: { type: ['string', 'null'], format: 'date-time' },
      heartbeat_ms: count,
      max_message_bytes: count,
    }),
    pushed: true,
  },
  auth_failed: { summary: 'The token is refused.', data: object({ code: string, message: string }) },
  auth_expiring: {
    summary: 'The token expires soon: authenticate with a new one.',
    data: object({ expires_at: time }),
    pushed: true,
  },
  room_joined: {
    summary: 'The connection follows the room from this position on; the replayed publications come next.',
    data: object({
      room,
      ...position,
      recovered: boolean,
      replayed: count,
      'members?': members.members,
      'has_more?': members['has_more?'],
    }),
    pushed: true,
  },
  room_left: {
    summary: 'The connection has left the room; with a code when the server took it out.',
    data: object({ room, 'code?': string, 'message?': string }),
    pushed: true,
  },
  room_reset: {
    summary: "The room's stream was lost: load the state anew, and follow from this position.",
    data: object({ room, ...position }),
    pushed: true,
  },
  room_renewed: {
    summary: "The room's stream goes on under another epoch, and nothing was missed: this is the position now.",
    data: object({ room, ...position }),
    pushed: true,
  },
  presence: { summary: 'Who is in the room.', data: object({ room, ...members }) },
  user_joined: {
    summary: 'A user came into the room. Volatile.',
    data: object({ user_id: string, 'name?': string }),
    pushed: true,
  },
  user_left: {
    summary: "A user's last connection in the room is gone. Volatile.",
    data: object({ user_id: string, 'name?': string }),
    pushed: true,
  },
  history: {
    summary: "A page of the room's stream, newest first.",
    data: object({
      room,
      ...position,
      messages: { type: 'array', items: { $ref: `${SCHEMAS}Publication` } },
      has_more: boolean,
    }),
  },
  ack: { summary: 'The command was executed.', data: object({ 'id?': string, 'room?': room, 'offset?': count }) },
  chat: {
    summary: 'Somebody said something in the room.',
    data: object({ id: string, text: string, user: author }),
    pushed: true,
  },
  chat_edited: {
    summary: 'A message has another text.',
    data: object({ id: string, text: string, user: author, edited_at: time }),
    pushed: true,
  },
  chat_deleted: { summary: 'A message is gone.', data: object({ id: string, user: author }), pushed: true },
  chat_history: {
    summary: 'A page of what was said in the room, newest first.',
    data: object({
      room,
      messages: { type: 'array', items: { $ref: `${SCHEMAS}KeptMessage` } },
      has_more: boolean,
    }),
  },
  user_typing: {
    summary: 'Somebody types, or stops. Volatile.',
    data: object({ user_id: string, 'name?': string, typing: boolean }),
    pushed: true,
  },
  omitted: {
    summary: "A publication that is not for this user: nothing but its place in the room's stream.",
    data: object({}),
    pushed: true,
  },
  server_shutdown: {
    summary: 'The server drains: reconnect this long after the close.',
    data: object({ reconnect_in_ms: count }),
    pushed: true,
  },
  error: {
    summary: 'A frame, or something the handshake asked for, failed. Decide by the code.',
    data: object({
      code: { type: 'string', enum: Object.keys(ERRORS) },
      message: string,
      retryable: boolean,
      'retry_after_ms?': count,
      'details?': { type: 'array', items: { $ref: `${SCHEMAS}ErrorDetail` } },
    }),
    pushed: true,
  },
};
