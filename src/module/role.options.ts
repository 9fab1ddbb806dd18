import type { Authenticator } from '../auth/authenticator';
import { InvalidOption, show } from '../options/invalid-option';
import { checkPolicyOption, PolicyOption } from '../auth/room-policy';
import { RealtimeError } from '../protocol/errors';
import type { AdapterOptions } from './adapter.options';

/** A process that serves clients, or one that only emits. */
export type Role = 'node' | 'emitter';

/** What a role asks of the options. */
interface GivenToRole extends Pick<AdapterOptions, 'backplane' | 'redis' | 'storage'> {
  role?: Role;
  auth?: object;
  policy?: PolicyOption;
}

/** Who authenticates where no client can come. */
export const NOBODY: Authenticator = {
  authenticate: () => {
    throw new RealtimeError('unauthorized', 'This process serves no clients.');
  },
};

/** @throws InvalidOption */
export function checkRole(given: GivenToRole, role: Role): void {
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
  if (role === 'node') checkPolicyOption(given.policy);
  if (given.redis) checkShared(given.storage, role);
}

/** Chat and mailboxes that a node keeps in a file of its own are not there for the others. */
function checkShared(storage: AdapterOptions['storage'], role: Role): void {
  if (storage === undefined ? role === 'emitter' : !storage || storage.shared) return;
  const got = storage ? storage.place : 'none: each has its own realtime.sqlite';
  throw new InvalidOption(
    'storage',
    `must be one database for all nodes that share this redis, got ${got}`,
    'Try new PostgresStorage({ url }), false, or, for nodes of one machine, new SqliteStorage({ file, shared: true }).',
  );
}
