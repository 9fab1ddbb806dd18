import type { ErrorCode, ErrorData, ErrorDetail } from '../protocol/errors';

/**
 * What the client itself fails with.
 * - `timeout`: no reply came in time; whether it was executed is not known. Try again with the same `messageId`.
 * - `closed`: the client is closed, by itself or for good by the server; or the room was left.
 * - `offline`: not connected, and not to be queued. `queue_full`: too many requests wait already.
 * - `disconnected`: the connection ended first.
 * - `overflow`: a loop's reader was too slow. `no_position`: a loaded state says not where it stands.
 * - `no_websocket`: there is no WebSocket here.
 */
export type ClientErrorCode =
  'timeout' | 'closed' | 'offline' | 'queue_full' | 'disconnected' | 'overflow' | 'no_position' | 'no_websocket';

/** Those of them that may pass. */
const PASSING = ['timeout', 'offline', 'queue_full', 'disconnected'];

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
    this.retryable = retryable ?? PASSING.includes(code);
    this.retryAfterMs = retryAfterMs;
    this.details = details;
    this.messageId = messageId;
  }

  /** The server's answer as an error; `auth_failed` does not say whether to try again. */
  static of(data: Partial<ErrorData> & Pick<ErrorData, 'code' | 'message'>, messageId?: string): RealtimeClientError {
    const { code, message, retryable, retry_after_ms: retryAfterMs, details } = data;
    return new RealtimeClientError(code, message, { retryable, retryAfterMs, details, messageId });
  }
}
