import { RealtimeError } from './errors';
import { excessOf, isDeeperThan, MAX_DATA_DEPTH, MESSAGE_ID, messageIdOf } from './frame-bounds';
import type { Author, ClientFrame } from './frames';

const ONLY_MESSAGE_ID = new RegExp(`^${MESSAGE_ID}$`);

/** A client frame that cannot be read, and its `message_id` where that can. */
export class MalformedFrame extends RealtimeError {
  constructor(
    message: string,
    readonly messageId?: string,
  ) {
    super('invalid_message', message);
  }
}

/**
 * Reads one client frame.
 * @throws MalformedFrame
 */
export function decodeFrame(text: string): ClientFrame {
  const excess = excessOf(text);
  if (excess) throw new MalformedFrame(excess, messageIdOf(text));
  return checkFrame(parse(text));
}

/**
 * Takes a decoded value for a client frame.
 * @throws MalformedFrame
 */
export function checkFrame(value: unknown): ClientFrame {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedFrame('A frame is a JSON object, as {"type":"ping"}.');
  }
  const { type, data, message_id } = value as Record<string, unknown>;
  if (message_id !== undefined && !isMessageId(message_id)) {
    throw new MalformedFrame('"message_id" must be 1..64 characters of A-Za-z0-9_-.');
  }
  if (typeof type !== 'string') throw new MalformedFrame('"type" must be a string.', message_id);
  return { type, data, message_id };
}

/** Whether a value can be the `message_id` of a client's frame. */
export function isMessageId(value: unknown): value is string {
  return typeof value === 'string' && ONLY_MESSAGE_ID.test(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedFrame('The frame is not JSON.');
  }
}

/**
 * A server frame's text. `type` and `replyTo` need no escaping: types are identifiers and `message_id`s are checked
 * on the way in.
 * @throws TypeError when `data` is no JSON, or nested deeper than `MAX_DATA_DEPTH`
 */
export function encodeFrame(
  type: string,
  data: unknown,
  messageId: string,
  timestamp: string,
  replyTo?: string,
): string {
  const json = JSON.stringify(data) as string | undefined;
  if (json === undefined) throw new TypeError(`The data of "${type}" is no JSON but a ${typeof data}`);
  if (isDeeperThan(MAX_DATA_DEPTH, json)) {
    throw new TypeError(`The data of "${type}" is nested deeper than ${MAX_DATA_DEPTH} levels`);
  }
  const frame = `{"type":"${type}","data":${json},"message_id":"${messageId}","timestamp":"${timestamp}"`;
  return replyTo === undefined ? `${frame}}` : `${frame},"reply_to":"${replyTo}"}`;
}

/**
 * A publication's text without its end: the offset is known only once the stream has it, so `endPublication` adds it
 * without reading the rest again. `room` is left out for what goes to everyone, `user` unless a client sent it.
 */
export function beginPublication(
  type: string,
  data: unknown,
  messageId: string,
  timestamp: string,
  room: string | undefined,
  user?: Author,
): string {
  const frame = encodeFrame(type, data, messageId, timestamp).slice(0, -1);
  const placed = room === undefined ? frame : `${frame},"room":${JSON.stringify(room)}`;
  return user === undefined ? placed : `${placed},"user":${JSON.stringify(user)}`;
}

/** What follows `beginPublication`. */
export function endPublication(offset: number | undefined): string {
  return offset === undefined ? '}' : `,"offset":${offset}}`;
}

/** A name is used as a frame's type as it stands: nothing in it needs escaping. */
export function isTypeName(type: unknown): type is string {
  return typeof type === 'string' && /^[A-Za-z][A-Za-z0-9_.:-]{0,99}$/.test(type);
}
