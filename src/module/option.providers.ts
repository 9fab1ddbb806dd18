import type { Provider, Type } from '@nestjs/common';
import { AuthOptions } from '../auth/auth.options';
import { POLICY } from '../auth/room-policy';
import { ClientEventsOptions } from '../events/client-events.options';
import { EndpointOptions } from '../gateway/handshake/endpoint.options';
import { EventsOptions } from '../publishing/events.options';
import { EMITTER_OPTIONS_TOKEN, MODULE_OPTIONS_TOKEN } from '../realtime.module-definition';
import {
  EmitterModuleOptions,
  RealtimeModuleOptions,
  RealtimeOptions,
  resolveEmitterOptions,
  resolveRealtimeOptions,
} from '../realtime.options';
import { RoomKinds } from '../rooms/room-kinds';
import { REALTIME_OPTIONS } from './feature';
import { GROUPS } from './option-groups';

const TOKENS: Record<keyof RealtimeOptions, Type | symbol> = {
  auth: AuthOptions,
  policy: POLICY,
  endpoint: EndpointOptions,
  clientEvents: ClientEventsOptions,
  kinds: RoomKinds as Type,
  ...mapped(GROUPS),
};

/** Every group of options of a node, by its class. */
export const nodeOptions: Provider[] = [
  {
    provide: REALTIME_OPTIONS,
    inject: [{ token: MODULE_OPTIONS_TOKEN, optional: true }],
    useFactory: (given?: RealtimeModuleOptions) => resolveRealtimeOptions(required('RealtimeModule', given)),
  },
  ...Object.entries(TOKENS).map(([name, provide]) => group(name as keyof RealtimeOptions, provide)),
];

/** Those of a process that only emits. */
export const emitterOptions: Provider[] = [
  {
    provide: REALTIME_OPTIONS,
    inject: [{ token: EMITTER_OPTIONS_TOKEN, optional: true }],
    useFactory: (given?: EmitterModuleOptions) => resolveEmitterOptions(required('RealtimeEmitterModule', given)),
  },
  group('events', EventsOptions),
  group('kinds', RoomKinds as Type),
];

function group(name: keyof RealtimeOptions, provide: Type | symbol): Provider {
  return { provide, inject: [REALTIME_OPTIONS], useFactory: (resolved: RealtimeOptions) => resolved[name] };
}

function required<Options>(module: string, given: Options | undefined): Options {
  if (given) return given;
  throw new Error(
    `${module}: import ${module}.forRoot({ … }), not ${module} alone. ` +
      'Once is enough: all modules can inject what it exports.',
  );
}

function mapped<Name extends string>(groups: Record<Name, { Class: Type }>): Record<Name, Type> {
  const classes = Object.entries<{ Class: Type }>(groups).map(([name, { Class }]) => [name, Class]);
  return Object.fromEntries(classes) as Record<Name, Type>;
}
