import { ConfigurableModuleBuilder, Provider } from '@nestjs/common';
import { Backplane } from './backplane/backplane';
import type { RealtimeModuleOptions } from './realtime.options';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<RealtimeModuleOptions>({
  moduleName: 'Realtime',
})
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();

/** Injects the `Role` of this process. */
export const ROLE = Symbol('role');

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
