import { isObservable, Observable } from 'rxjs';
import type { InboundFrame } from '../../connections/inbound-frame';
import { RealtimeError } from '../../protocol/errors';

/**
 * Nest lets handlers, guards and filters return Observables: what counts is their last value. One that has not ended when
 * its frame is given up, by the time limit or the end of the connection, is unsubscribed, and rejects.
 */
export function lastValue(value: unknown, frame: InboundFrame): unknown {
  return isObservable(value) ? toPromise(value, frame) : value;
}

function toPromise(source: Observable<unknown>, frame: InboundFrame): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let last: unknown;
    const subscription = source.subscribe({
      next: (value) => (last = value),
      error: reject,
      complete: () => resolve(last),
    });
    frame.whenGivenUp(() => {
      subscription.unsubscribe();
      reject(givenUp());
    });
  });
}

export function givenUp(): RealtimeError {
  return new RealtimeError('processing_error', 'The handler took too long and was given up.');
}
