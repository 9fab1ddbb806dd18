import { RealtimeError } from './errors';
import type { ClientFrame } from './frames';

/** Deeper JSON is refused: recursive code behind the decoder would overflow its stack on it. */
export const MAX_DEPTH = 64;

const MESSAGE_ID = /^[A-Za-z0-9_-]{1,64}$/;

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
  if (depthExceeds(text, MAX_DEPTH)) throw new MalformedFrame(`The frame is nested deeper than ${MAX_DEPTH} levels.`);
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

function isMessageId(value: unknown): value is string {
  return typeof value === 'string' && MESSAGE_ID.test(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedFrame('The frame is not JSON.');
  }
}

function depthExceeds(text: string, limit: number): boolean {
  // Hardly any frame has that many brackets, and to count them costs a tenth of telling which are quoted.
  if (text.length <= limit || count(text, '{', limit) + count(text, '[', limit) <= limit) return false;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === BACKSLASH) i++;
      else if (c === QUOTE) quoted = false;
    } else if (c === QUOTE) quoted = true;
    else if ((c | LOWER) === OPEN_BRACE) {
      if (++depth > limit) return true;
    } else if ((c | LOWER) === CLOSE_BRACE) depth--;
  }
  return false;
}

/** How often a character is in a text; no more than just over `limit`. */
function count(text: string, character: string, limit: number): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0 && found <= limit; at = text.indexOf(character, at + 1)) found++;
  return found;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
// With this bit set, '[' and '{' are one character, and so are ']' and '}'.
const LOWER = 0x20;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * A server frame's text. `type` and `replyTo` need no escaping: types are identifiers and `message_id`s are checked
 * on the way in.
 * @throws TypeError when `data` is no JSON
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
  const frame = `{"type":"${type}","data":${json},"message_id":"${messageId}","timestamp":"${timestamp}"`;
  return replyTo === undefined ? `${frame}}` : `${frame},"reply_to":"${replyTo}"}`;
}

/**
 * A publication's text without its end: the offset is known only once the stream has it, so `endPublication` adds it
 * without reading the rest again. `room` is left out for what goes to everyone.
 */
export function beginPublication(
  type: string,
  data: unknown,
  messageId: string,
  timestamp: string,
  room: string | undefined,
): string {
  const frame = encodeFrame(type, data, messageId, timestamp).slice(0, -1);
  return room === undefined ? frame : `${frame},"room":${JSON.stringify(room)}`;
}

/** What follows `beginPublication`. */
export function endPublication(offset: number | undefined): string {
  return offset === undefined ? '}' : `,"offset":${offset}}`;
}

/** A name is used as a frame's type as it stands: nothing in it needs escaping. */
export function isTypeName(type: unknown): type is string {
  return typeof type === 'string' && /^[A-Za-z][A-Za-z0-9_.:-]{0,99}$/.test(type);
}
