/** Why the server closes a connection. 4000–4499: reconnect; 4500–4999: do not. */
export const CLOSE_CODES = {
  protocol_error: 1002,
  unsupported_data: 1003,
  invalid_utf8: 1007,
  too_many_fragments: 1008,
  message_too_big: 1009,
  internal_error: 1011,
  restart: 1012,
  token_expired: 4001,
  slow_consumer: 4008,
  flooding: 4029,
  too_many_errors: 4500,
  not_authenticated: 4501,
  disconnected_by_admin: 4503,
} as const;

export type CloseReason = keyof typeof CLOSE_CODES;

/** Thrown on a frame's way, it closes the connection with a documented code. */
export class Disconnect extends Error {
  override readonly name = 'Disconnect';

  constructor(
    readonly reason: CloseReason,
    message: string = reason,
  ) {
    super(message);
  }

  get code(): number {
    return CLOSE_CODES[this.reason];
  }
}

/** Whether a client should come back after this close code. */
export function mayReconnect(code: number): boolean {
  if (code >= 4500) return false;
  if (code >= 4000) return true;
  return ![1002, 1003, 1007, 1008, 1009].includes(code);
}
