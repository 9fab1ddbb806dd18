import type { CanActivate, Type } from '@nestjs/common';
import type { Bucket } from '../../options/bucket';
import { InvalidOption, show } from '../../options/invalid-option';

/** Where the routes of the admin API begin unless `admin.prefix` says otherwise. */
export const ADMIN_PREFIX = '/api/v1/websocket';

/** The admin API and its console. */
export class AdminOptions {
  /** Where its routes begin, after a global prefix of the application. @default '/api/v1/websocket' */
  readonly prefix: string = ADMIN_PREFIX;
  /**
   * The application's own guard, in the place of a bearer token with the role `admin`. A class is taken from the
   * application's providers. @default undefined: the role `admin`
   */
  readonly guard: CanActivate | Type<CanActivate> | undefined = undefined;
  /** Returns whom the application's guard let in, for the audit. @default undefined: the audit names nobody */
  readonly actor: ((request: unknown) => string | undefined) | undefined = undefined;
  /**
   * Requests of one administrator, as a token bucket. The application's own guard limits its requests itself.
   * @default { perSecond: 50, burst: 200 }
   */
  readonly requests: Bucket = { perSecond: 50, burst: 200 };
  /**
   * The console, a page for administrators, or `false` for none. The page is served without a global prefix and without
   * authentication: it holds no data and asks the admin API as its viewer. @default { path: '/realtime/console' }
   */
  readonly console: ConsoleOptions | false = { path: '/realtime/console' };
}

export interface ConsoleOptions {
  /** Where the page is served. Required. */
  readonly path: string;
}

const PATH = /^(\/[\w.~-]+)+$/;

/** @throws InvalidOption */
export function checkAdmin({ prefix, guard, actor, console }: AdminOptions): void {
  if (typeof prefix !== 'string' || !PATH.test(prefix)) {
    throw new InvalidOption('admin.prefix', `must be a path such as '/admin/realtime', got ${show(prefix)}`);
  }
  if (guard && typeof guard !== 'function' && typeof guard.canActivate !== 'function') {
    throw new InvalidOption('admin.guard', 'must be a guard, or a class of one');
  }
  if (actor && typeof actor !== 'function') {
    const problem = `must be a function, got ${show(actor)}`;
    throw new InvalidOption('admin.actor', problem, 'Try (request) => request.user.id.');
  }
  if (console !== false) checkConsole(console);
}

function checkConsole(console: unknown): void {
  const path: unknown = (console as { path?: unknown } | null)?.path;
  if (typeof path === 'string' && PATH.test(path)) return;
  const problem = `must be false, or have a path such as '/realtime/console', got ${show(console)}`;
  throw new InvalidOption('admin.console', problem, "Try { path: '/realtime/console' }.");
}
