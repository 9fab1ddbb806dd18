/** Every error code a client can be answered with: its default sentence, and whether trying again later can help. */
export const ERRORS = {
  invalid_message: { message: 'The frame is not a JSON object with a string "type".', retryable: false },
  unknown_type: { message: 'The server does not know this type.', retryable: false },
  validation_failed: { message: 'The data of this frame is not valid.', retryable: false },
  unauthorized: { message: 'Authentication is required.', retryable: false },
  forbidden: { message: 'You may not do this.', retryable: false },
  banned: { message: 'You are banned from this room.', retryable: false },
  password_required: { message: 'This room needs a password.', retryable: false },
  not_member: { message: 'Join the room first.', retryable: false },
  room_full: { message: 'The room is full.', retryable: true },
  not_found: { message: 'There is no such thing.', retryable: false },
  payload_too_large: { message: 'The payload is too large.', retryable: false },
  unsupported_media_type: {
    message: 'The body must be JSON. Send "Content-Type: application/json".',
    retryable: false,
  },
  rate_limited: { message: 'Too many frames. Slow down.', retryable: true },
  limit_exceeded: { message: 'A limit is reached.', retryable: false },
  server_shutdown: { message: 'The server is shutting down. Reconnect.', retryable: true },
  unavailable: { message: 'A backing service is down; nothing was done. Try again later.', retryable: true },
  processing_error: { message: 'The server could not process this frame.', retryable: false },
} as const satisfies Record<string, { message: string; retryable: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

/** One invalid field of a frame's data. `field` is a dotted path; empty for the data itself. */
export interface ErrorDetail {
  readonly field: string;
  readonly message: string;
}

export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retry_after_ms?: number;
  readonly details?: readonly ErrorDetail[];
}

/** What of `details` reaches the client: a frame's worth of bad fields must not be answered with a bigger frame. */
const MAX_DETAILS = 20;
const MAX_FIELD = 100;
const MAX_DETAIL_MESSAGE = 300;

export interface RealtimeErrorOptions {
  readonly details?: readonly ErrorDetail[];
  /** Milliseconds after which the same frame can succeed. */
  readonly retryAfterMs?: number;
  /** What really happened: for the log, never sent. */
  readonly cause?: unknown;
}

/** Whether something failed only because an adapter cannot be reached now. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof RealtimeError && error.code === 'unavailable';
}

/** A failure the client is told about: thrown anywhere on a frame's way, it becomes that frame's `error` reply. */
export class RealtimeError extends Error {
  override readonly name = 'RealtimeError';
  readonly details?: readonly ErrorDetail[];
  readonly retryAfterMs?: number;

  constructor(
    readonly code: ErrorCode,
    message: string = ERRORS[code].message,
    { details, retryAfterMs, cause }: RealtimeErrorOptions = {},
  ) {
    super(message, { cause });
    this.details = details;
    this.retryAfterMs = retryAfterMs;
  }

  /** The `data` of the `error` frame: at most 20 details. */
  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      retryable: ERRORS[this.code].retryable,
      ...(this.retryAfterMs === undefined ? {} : { retry_after_ms: this.retryAfterMs }),
      ...(this.details === undefined ? {} : { details: this.details.slice(0, MAX_DETAILS).map(shortened) }),
    };
  }
}

function shortened({ field, message }: ErrorDetail): ErrorDetail {
  return { field: String(field).slice(0, MAX_FIELD), message: String(message).slice(0, MAX_DETAIL_MESSAGE) };
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}
