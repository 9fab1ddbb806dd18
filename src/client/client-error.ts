import type { ErrorCode, ErrorData, ErrorDetail } from '../protocol/errors';

/** What the client itself fails with, and whether the same can succeed later. */
const CLIENT_ERRORS = {
  /** No reply came in time: whether it was executed is not known. Try again with the same `messageId`. */
  timeout: true,
  /** The client is closed, by itself or for good by the server. */
  closed: false,
  /** Not connected, and not to be queued. */
  offline: true,
  /** Too many requests wait already. */
  queue_full: true,
  /** The connection ended first. */
  disconnected: true,
  /** An iterator's reader was too slow. */
  overflow: false,
  /** A loader returned no position. */
  no_position: false,
  /** There is no WebSocket here. */
  no_websocket: false,
} as const;

export type ClientErrorCode = keyof typeof CLIENT_ERRORS;

export interface ClientErrorOptions {
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly details?: readonly ErrorDetail[];
  readonly messageId?: string;
  readonly cause?: unknown;
}

/** Why something failed: the server's codes, and the client's own. Decide by `code`; `message` is for people. */
export class RealtimeClientError extends Error {
  override readonly name = 'RealtimeClientError';
  /** Whether the same can succeed later. */
  readonly retryable: boolean;
  /** When, milliseconds from now. */
  readonly retryAfterMs?: number;
  readonly details?: readonly ErrorDetail[];
  /** The request's `message_id`: sent again with it, it is executed once. */
  readonly messageId?: string;

  constructor(
    readonly code: ErrorCode | ClientErrorCode,
    message: string,
    { retryable, retryAfterMs, details, messageId, cause }: ClientErrorOptions = {},
  ) {
    super(message, { cause });
    this.retryable = retryable ?? (CLIENT_ERRORS as Record<string, boolean>)[code] ?? false;
    this.retryAfterMs = retryAfterMs;
    this.details = details;
    this.messageId = messageId;
  }

  /** The server's answer as an error; `auth_failed` does not say whether to try again. */
  static of(data: Partial<ErrorData> & Pick<ErrorData, 'code' | 'message'>, messageId?: string): RealtimeClientError {
    const { code, message, retryable = false, retry_after_ms: retryAfterMs, details } = data;
    return new RealtimeClientError(code, message, { retryable, retryAfterMs, details, messageId });
  }
}
