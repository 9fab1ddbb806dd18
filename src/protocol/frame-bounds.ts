/** Levels of nesting in a client's frame, itself the first: recursive code behind the decoder would overflow on more. */
export const MAX_DEPTH = 64;

/**
 * Values in a client's frame: each element of an array and each key's; an empty array or object counts twice. A frame
 * of 512 KiB has room for 260,000: decoded, they would take 60 ms and 29 times their bytes.
 */
export const MAX_FRAME_VALUES = 10_000;

/** Levels of nesting in the data of a server's frame: decoders of clients overflow on many more. */
export const MAX_DATA_DEPTH = 100;

export const TOO_DEEP = `The frame is nested deeper than ${MAX_DEPTH} levels.`;
export const TOO_MANY_VALUES = `The frame holds more than ${MAX_FRAME_VALUES} values.`;

/** Characters of a `message_id`, as a regular expression. */
export const MESSAGE_ID = '[A-Za-z0-9_-]{1,64}';
const MESSAGE_ID_PAIR = new RegExp(`"message_id"[ \\t\\n\\r]{0,16}:[ \\t\\n\\r]{0,16}"(${MESSAGE_ID})"`, 'y');
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
// With this bit set, '[' and '{' are one character, and so are ']' and '}'.
const LOWER = 0x20;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Says which bound a JSON text exceeds, before anything is made of it. */
export function excessOf(text: string): string | undefined {
  return mayExceed(text) ? scan(text) : undefined;
}

/** Whether a JSON text is nested deeper than this. */
export function isDeeperThan(levels: number, text: string): boolean {
  if (text.length <= 2 * levels || brackets(text, levels) <= levels) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) i = endOfString(text, i + 1);
    else if ((c | LOWER) === CLOSE_BRACE) depth--;
    else if ((c | LOWER) === OPEN_BRACE && ++depth > levels) return true;
  }
  return false;
}

function brackets(text: string, limit: number): number {
  return count(text, '{', limit) + count(text, '[', limit);
}

/** Hardly any frame has that many brackets and commas, and to count them costs a tenth of telling which are quoted. */
function mayExceed(text: string): boolean {
  if (text.length <= MAX_DEPTH) return false;
  const opened = brackets(text, MAX_DEPTH);
  if (opened > MAX_DEPTH) return true;
  if (text.length <= MAX_FRAME_VALUES) return false;
  return opened + count(text, ',', MAX_FRAME_VALUES) > MAX_FRAME_VALUES;
}

/** How often a character is in a text; no more than just over `limit`. */
function count(text: string, character: string, limit: number): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0 && found <= limit; at = text.indexOf(character, at + 1)) found++;
  return found;
}

/** A bracket brings the first value, or is empty; a comma brings one more. */
function scan(text: string): string | undefined {
  let depth = 0;
  let values = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) i = endOfString(text, i + 1);
    else if (c === COMMA) values++;
    else if ((c | LOWER) === OPEN_BRACE) {
      values++;
      if (++depth > MAX_DEPTH) return TOO_DEEP;
    } else if ((c | LOWER) === CLOSE_BRACE) depth--;
    if (values > MAX_FRAME_VALUES) return TOO_MANY_VALUES;
  }
  return undefined;
}

/**
 * The `message_id` of a frame that is not parsed: the last one among the frame's own keys, where key and value are
 * written without escapes.
 */
export function messageIdOf(text: string): string | undefined {
  let depth = 0;
  let found: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if ((c | LOWER) === OPEN_BRACE) depth++;
    else if ((c | LOWER) === CLOSE_BRACE) depth--;
    else if (c === QUOTE) {
      if (depth === 1) found = idAt(text, i) ?? found;
      i = endOfString(text, i + 1);
    }
  }
  return found;
}

function idAt(text: string, index: number): string | undefined {
  MESSAGE_ID_PAIR.lastIndex = index;
  return MESSAGE_ID_PAIR.exec(text)?.[1];
}

function endOfString(text: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) return i;
    if (c === BACKSLASH) i++;
  }
  return text.length;
}
