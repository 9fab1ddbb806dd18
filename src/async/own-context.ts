import { AsyncResource } from 'node:async_hooks';

/** Holds no user's AsyncLocalStorage: when the module is loaded, no request is being handled. */
const neutral = new AsyncResource('nestjs-realtime');

/**
 * Runs work in an async context of its own, which begins empty: nothing of the caller's `AsyncLocalStorage` is seen in
 * it, and what it enters stays in it. For each frame of a client, as Node does for each HTTP request, and for what many
 * clients share, such as a timer: it would else run for the user whose frame started it.
 */
export function inOwnContext<Result>(work: () => Result): Result {
  return neutral.runInAsyncScope(enter<Result>, undefined, work);
}

// On Node 20 and 22 `enterWith` changes the resource that runs. So it is a new one each time, never `neutral` itself.
function enter<Result>(work: () => Result): Result {
  return new AsyncResource('nestjs-realtime').runInAsyncScope(work);
}
