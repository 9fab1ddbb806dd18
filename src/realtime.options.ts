import { AuthOptions, resolveAuth } from './auth/auth.options';
import { checkPolicyOption, PolicyOption } from './auth/room-policy';
import { checkOutboxHolds } from './connections/outbox.options';
import { ClientEventsOptions, resolveClientEvents } from './events/client-events.options';
import { EndpointOptions, resolveEndpoint } from './gateway/handshake/endpoint.options';
import { ADAPTER_NAMES, AdapterOptions, checkAdapters } from './module/adapter.options';
import { GivenGroups, GROUPS, OptionGroups, resolveGroups } from './module/option-groups';
import { checkNames, checkObject, InvalidOption } from './options/invalid-option';
import type { RoomKindOptions } from './rooms/room-kind.options';
import { RoomKinds } from './rooms/room-kinds';

interface KindOptions {
  /** Exceptions by room kind, which is the part of a room's name before the colon. @default {} */
  roomKinds?: Record<string, RoomKindOptions>;
}

/** The options of `RealtimeModule.forRoot`. Each group stands in a file of its own beside its concept. */
export interface RealtimeModuleOptions
  extends GivenGroups, AdapterOptions, KindOptions, Partial<EndpointOptions>, Partial<ClientEventsOptions> {
  /** How clients prove who they are. Required. */
  auth: Partial<AuthOptions>;
  /**
   * Decides who may do what in which room: a class that extends `RoomPolicy` (taken from the providers, or created), an
   * instance, or `'open'`, which lets every authenticated user do everything in every unreserved room. Required.
   */
  policy: PolicyOption;
}

/**
 * The options of `RealtimeEmitterModule.forRoot`, for a process that only emits. `backplane`, `history`, `roomKinds` and
 * `events` must be the same as the nodes'. `storage` is for messages that wait for their users.
 */
export interface EmitterModuleOptions
  extends Pick<GivenGroups, 'history' | 'events'>, Pick<AdapterOptions, 'backplane' | 'storage'>, KindOptions {}

/** The options, complete and checked. Providers inject the group they need instead. */
export interface RealtimeOptions extends OptionGroups {
  readonly auth: Readonly<AuthOptions>;
  readonly policy: PolicyOption;
  readonly endpoint: EndpointOptions;
  readonly clientEvents: ClientEventsOptions;
  readonly kinds: RoomKinds;
}

const NAMES = ['auth', 'policy', 'path', 'origins', 'clientEvents', 'roomKinds', ...ADAPTER_NAMES];
const OF_EMITTERS = ['history', 'events', 'roomKinds', 'backplane', 'storage'];

/** @throws InvalidOption */
export function resolveRealtimeOptions(given: RealtimeModuleOptions): RealtimeOptions {
  if (!(given as Partial<RealtimeModuleOptions> | undefined)?.auth) {
    throw new InvalidOption('auth', 'is missing', 'Try auth: { secret: process.env.JWT_SECRET }.');
  }
  checkPolicyOption(given.policy);
  checkNames('', given, [...Object.keys(GROUPS), ...NAMES]);
  checkAdapters(given);
  const groups = resolveGroups(given);
  checkOutboxHolds(groups.outbox, groups.connections);
  return {
    ...groups,
    auth: resolveAuth(given.auth),
    policy: given.policy,
    endpoint: resolveEndpoint(given),
    clientEvents: resolveClientEvents(given.clientEvents, groups.events),
    kinds: new RoomKinds(given.roomKinds ?? {}, groups.history, groups.rooms),
  };
}

/** @throws InvalidOption */
export function resolveEmitterOptions(given: EmitterModuleOptions): Pick<RealtimeOptions, 'events' | 'kinds'> {
  checkObject('', given);
  checkNames('', given, OF_EMITTERS);
  if (!given.backplane) {
    const hint = "Try backplane: redis({ url, prefix: 'my-app:' }), as the nodes have it.";
    throw new InvalidOption('backplane', 'is missing: what this process emits would reach nobody', hint);
  }
  checkAdapters(given);
  const { events, history, rooms } = resolveGroups({ history: given.history, events: given.events });
  return { events, kinds: new RoomKinds(given.roomKinds ?? {}, history, rooms) };
}
