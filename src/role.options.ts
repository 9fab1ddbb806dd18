import type { Authenticator } from './auth/authenticator';
import { InvalidOption, show } from './auth/invalid-option';
import { RealtimeError } from './protocol/errors';
import type { GivenOptions, RealtimeModuleOptions } from './realtime.options';

/** A process that serves clients, or one that only emits. */
export type Role = 'node' | 'emitter';

/**
 * The options of a process that only emits, a worker or a cron job. Of the others it takes `history`, `kinds` and
 * `events`, which are to be the same as the nodes', `storage` and `mailbox`, for messages that wait for their
 * users, and `tracing`.
 */
export type EmitterModuleOptions = Partial<RealtimeModuleOptions> & { role: 'emitter' };

/** Who authenticates where no client can come. */
export const NOBODY: Authenticator = {
  authenticate: () => {
    throw new RealtimeError('unauthorized', 'This process serves no clients.');
  },
};

/** @throws InvalidOption */
export function checkRole(given: GivenOptions, role: Role): void {
  if (role !== 'node' && role !== 'emitter') {
    throw new InvalidOption('role', `must be 'node' or 'emitter', got ${show(role)}`);
  }
  if (given.role !== undefined && given.role !== role) {
    const hint = "Try forRootAsync({ role: 'emitter', useFactory }): it chooses what there is.";
    throw new InvalidOption('role', 'stands beside useFactory, not in what it returns', hint);
  }
  if (role === 'emitter' && !given.backplane && !given.redis) {
    const hint = "Try redis: new RedisConnections({ url, prefix: 'my-app:' }), as the nodes have it.";
    throw new InvalidOption('redis', 'is missing: what is emitted in this process would reach nobody', hint);
  }
  if (role === 'node' && !given.auth) {
    throw new InvalidOption('auth', 'is missing', 'Try auth: { secret: process.env.JWT_SECRET }.');
  }
}
