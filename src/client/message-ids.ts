const PREFIX_BYTES = 12;

/** Ids no other client of the same user has: the server takes equal ones for one command sent twice. */
export class MessageIds {
  readonly #prefix = Array.from(crypto.getRandomValues(new Uint8Array(PREFIX_BYTES)), (byte) => byte.toString(36)).join(
    '',
  );
  #count = 0;

  next(): string {
    return `${this.#prefix}-${(++this.#count).toString(36)}`;
  }
}
