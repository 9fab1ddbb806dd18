import type { CanActivate, Type } from '@nestjs/common';
import { InvalidOption, show } from '../auth/invalid-option';

/**
 * The admin API, which is there when this is given, `admin: {}` at the least. `prefix`: where its routes begin; a global
 * prefix of the application stands before it. `guard`: the application's own, in the place of a bearer token with the
 * role `admin`; a class is taken from its providers. `actor`: who that guard let in, for the audit. `requests`: of one
 * administrator; the application's own guard sees to it itself. `console`: the page for people, served as it stands, to
 * anybody: it holds no data, and asks this API as whoever looks at it; `false`: nowhere.
 */
export const ADMIN = {
  prefix: '/api/v1/websocket',
  guard: undefined as CanActivate | Type<CanActivate> | undefined,
  actor: undefined as ((request: unknown) => string | undefined) | undefined,
  requests: { perSecond: 50, burst: 200 },
  console: { path: '/realtime/console' } as { readonly path: string } | false,
};

const PATH = /^(\/[\w.~-]+)+$/;

/** @throws InvalidOption */
export function checkAdmin(admin: Readonly<typeof ADMIN>): Readonly<typeof ADMIN> {
  const { prefix, guard, actor, console } = admin;
  if (typeof prefix !== 'string' || !PATH.test(prefix)) {
    throw new InvalidOption('admin.prefix', `must be a path such as '/admin/realtime', got ${show(prefix)}`);
  }
  if (guard && typeof guard !== 'function' && typeof guard.canActivate !== 'function') {
    throw new InvalidOption('admin.guard', 'must be a guard, or a class of one');
  }
  if (actor && typeof actor !== 'function') {
    throw new InvalidOption(
      'admin.actor',
      `must be a function, got ${show(actor)}`,
      'Try (request) => request.user.id.',
    );
  }
  if (console !== false) checkConsole(console);
  return admin;
}

function checkConsole(console: unknown): void {
  const path: unknown = (console as { path?: unknown } | null)?.path;
  if (typeof path === 'string' && PATH.test(path)) return;
  const problem = `must be false, or have a path such as '/realtime/console', got ${show(console)}`;
  throw new InvalidOption('admin.console', problem, "Try { path: '/realtime/console' }.");
}
