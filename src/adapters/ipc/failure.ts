import { ErrorCode, RealtimeError } from '../../protocol/errors';
import { StreamGap } from '../../publishing/backplane';

/** An error as it travels between processes: what a backplane's callers tell apart stays apart. */
export type Failure =
  | { readonly of: 'stream'; readonly message: string }
  | { readonly of: 'protocol'; readonly code: ErrorCode; readonly message: string }
  | { readonly of: 'primary'; readonly message: string };

export function toFailure(error: unknown): Failure {
  if (error instanceof StreamGap) return { of: 'stream', message: error.message };
  if (error instanceof RealtimeError) return { of: 'protocol', code: error.code, message: error.message };
  return { of: 'primary', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

export function fromFailure(failure: Failure): Error {
  if (failure.of === 'stream') return new StreamGap(failure.message);
  if (failure.of === 'protocol') return new RealtimeError(failure.code, failure.message);
  return new Error(`The primary failed: ${failure.message}`);
}
