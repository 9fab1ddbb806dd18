import type { Provider, Type } from '@nestjs/common';
import { AuthOptions } from '../auth/auth.options';
import { POLICY } from '../auth/room-policy';
import { ClientEventsOptions } from '../events/client-events.options';
import { EndpointOptions } from '../gateway/handshake/endpoint.options';
import { MODULE_OPTIONS_TOKEN, REALTIME_OPTIONS, ROLE } from '../realtime.module-definition';
import { RealtimeOptions, resolveRealtimeOptions } from '../realtime.options';
import { RoomKinds } from '../rooms/room-kinds';
import { GROUPS } from './option-groups';

const TOKENS: Record<keyof RealtimeOptions, Type | symbol> = {
  auth: AuthOptions,
  policy: POLICY,
  endpoint: EndpointOptions,
  clientEvents: ClientEventsOptions,
  kinds: RoomKinds as Type,
  ...mapped(GROUPS),
};

/** Every group of options, by its class. */
export const options: Provider[] = [
  { provide: REALTIME_OPTIONS, inject: [MODULE_OPTIONS_TOKEN, ROLE], useFactory: resolveRealtimeOptions },
  ...Object.entries(TOKENS).map(([name, provide]) => ({
    provide,
    inject: [REALTIME_OPTIONS],
    useFactory: (resolved: RealtimeOptions) => resolved[name as keyof RealtimeOptions],
  })),
];

function mapped<Name extends string>(groups: Record<Name, { Class: Type }>): Record<Name, Type> {
  const classes = Object.entries<{ Class: Type }>(groups).map(([name, { Class }]) => [name, Class]);
  return Object.fromEntries(classes) as Record<Name, Type>;
}
