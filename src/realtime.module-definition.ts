import { ConfigurableModuleAsyncOptions, ConfigurableModuleBuilder, Provider } from '@nestjs/common';
import { Backplane } from './publishing/backplane';
import type { EmitterModuleOptions, RealtimeModuleOptions } from './realtime.options';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<RealtimeModuleOptions>({
  moduleName: 'Realtime',
})
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();

/** Injects the `Role` of this process. */
export const ROLE = Symbol('role');

/** Injects the `RealtimeOptions`, all groups at once: for the module alone. */
export const REALTIME_OPTIONS = Symbol('realtime-options');

/** In place of what `forRoot` provides, where the module is imported without it. */
export const withoutForRoot: Provider[] = [MODULE_OPTIONS_TOKEN, ROLE, Backplane].map((provide) => ({
  provide,
  useFactory: () => {
    throw new Error(
      'RealtimeModule: import RealtimeModule.forRoot({ … }), not RealtimeModule alone. ' +
        'Once is enough: unless isGlobal is false, all modules can inject what it exports.',
    );
  },
}));

interface Extras {
  /** Whether other modules can inject what it exports without importing it. @default true */
  isGlobal?: boolean;
}

export type NodeOptions = RealtimeModuleOptions & Extras & { role?: 'node' };
export type EmitterOptions = EmitterModuleOptions & Extras;

/** The role stands beside `useFactory`. */
export type AsyncNodeOptions = ConfigurableModuleAsyncOptions<RealtimeModuleOptions> & Extras & { role?: 'node' };
export type AsyncEmitterOptions = ConfigurableModuleAsyncOptions<Omit<EmitterModuleOptions, 'role'>> &
  Extras & { role: 'emitter' };
