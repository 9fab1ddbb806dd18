import { Logger } from '@nestjs/common';
import { Observable, Observer, Operator, Subscription } from 'rxjs';

type Next<T> = ((value: T) => unknown) | null;

const logger = new Logger('RealtimeModule');

/**
 * An Observable whose listeners cannot hurt anyone: RxJS rethrows what a listener throws on the next tick, where it
 * would end the process, and a promise that a listener returns rejects unheard. Here both go to the log. What is
 * derived from it with `pipe` is one too.
 */
export class SafeObservable<T> extends Observable<T> {
  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new SafeObservable<R>();
    lifted.source = this;
    lifted.operator = operator as Operator<unknown, R>;
    return lifted;
  }

  override subscribe(
    observerOrNext?: Partial<Observer<T>> | Next<T>,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (typeof observerOrNext !== 'object' || observerOrNext === null) {
      return super.subscribe({
        next: guarded(observerOrNext),
        error: error ?? logFailure,
        complete: complete ?? undefined,
      });
    }
    // RxJS's own subscribers, which `pipe` puts between, pass through: only the listener at the end is guarded.
    if (observerOrNext instanceof Subscription) return super.subscribe(observerOrNext);
    const next: Next<T> = observerOrNext.next ? (value) => observerOrNext.next!(value) : null;
    return super.subscribe({
      next: guarded(next),
      error: observerOrNext.error ? (failure) => observerOrNext.error!(failure) : logFailure,
      complete: () => observerOrNext.complete?.(),
    });
  }
}

function guarded<T>(next: Next<T> | undefined): (value: T) => void {
  return (value) => {
    try {
      const result = next?.(value);
      if (result instanceof Promise) result.catch(logFailure);
    } catch (error) {
      logFailure(error);
    }
  };
}

function logFailure(error: unknown): void {
  logger.error('A listener of EventsService failed', error instanceof Error ? error.stack : String(error));
}
