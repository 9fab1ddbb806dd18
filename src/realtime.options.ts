import { AuthOptions, resolveAuth } from './auth/auth.options';
import type { PolicyOption } from './auth/room-policy';
import { checkOutboxHolds } from './connections/outbox.options';
import { ClientEventsOptions, resolveClientEvents } from './events/client-events.options';
import { EndpointOptions, resolveEndpoint } from './gateway/handshake/endpoint.options';
import { ADAPTER_NAMES, AdapterOptions, checkAdapters } from './module/adapter.options';
import { GivenGroups, GROUPS, OptionGroups, resolveGroups } from './module/option-groups';
import { checkRole, NOBODY, Role } from './module/role.options';
import { checkNames } from './options/invalid-option';
import type { RoomKindOptions } from './rooms/room-kind.options';
import { RoomKinds } from './rooms/room-kinds';

/** The options of `RealtimeModule.forRoot`. Each group stands in a file of its own beside what it is about. */
export interface RealtimeModuleOptions
  extends GivenGroups, AdapterOptions, Partial<EndpointOptions>, Partial<ClientEventsOptions> {
  /** How clients prove who they are. Required. */
  auth: Partial<AuthOptions>;
  /**
   * Decides who may do what in which room: a class that extends `RoomPolicy` (taken from the providers, or created), an
   * instance, or `'open'`, which lets every authenticated user do everything in every unreserved room. Required.
   */
  policy: PolicyOption;
  /** Exceptions by room kind, which is the part of a room's name before the colon. @default {} */
  kinds?: Record<string, RoomKindOptions>;
}

/**
 * The options of a process that only emits, a worker or a cron job. Of the others it takes `history`, `kinds` and
 * `events`, which must be the same as the nodes', `storage` and `mailbox`, for messages that wait for their users, and
 * `tracing`.
 */
export type EmitterModuleOptions = Partial<RealtimeModuleOptions> & { role: 'emitter' };

/** What a role takes of them is checked by `checkRole`. */
export type GivenOptions = Partial<RealtimeModuleOptions> & { role?: Role };

/** The options, complete and checked. Providers inject the group they need instead. */
export interface RealtimeOptions extends OptionGroups {
  readonly auth: Readonly<AuthOptions>;
  readonly policy: PolicyOption;
  readonly endpoint: EndpointOptions;
  readonly clientEvents: ClientEventsOptions;
  readonly kinds: RoomKinds;
}

const OTHERS = ['role', 'auth', 'policy', 'path', 'origins', 'clientEvents', 'kinds', ...ADAPTER_NAMES];

/** @throws InvalidOption */
export function resolveRealtimeOptions(given: GivenOptions, role: Role = 'node'): RealtimeOptions {
  checkRole(given ?? {}, role);
  checkNames('', given, [...Object.keys(GROUPS), ...OTHERS]);
  checkAdapters(given);
  const groups = resolveGroups(given);
  checkOutboxHolds(groups.outbox, groups.connections);
  return {
    ...groups,
    // Nobody shows an emitter a token.
    auth: resolveAuth(role === 'emitter' ? { authenticator: NOBODY } : given.auth!),
    // An emitter has no clients to decide about.
    policy: given.policy ?? 'open',
    endpoint: resolveEndpoint(given),
    clientEvents: resolveClientEvents(given.clientEvents, groups.events),
    kinds: new RoomKinds(given.kinds ?? {}, groups.history, groups.rooms),
  };
}
