import { checkPositive } from '../../options/invalid-option';
import { MINUTE_MS } from '../../options/units';

/** Tolerance for clients that send malformed frames. */
export class ErrorBudgetOptions {
  /** Malformed frames within the window after which a connection is closed with 4500. @default 5 */
  readonly malformedFrames: number = 5;
  /** Length of the window, milliseconds. @default 600_000 (10 minutes) */
  readonly windowMs: number = 10 * MINUTE_MS;
}

/** @throws InvalidOption */
export function checkErrorBudget(options: ErrorBudgetOptions): void {
  checkPositive('errorBudget', options, 'windowMs');
}
