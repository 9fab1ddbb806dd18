import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { EmitterModuleOptions, RealtimeModuleOptions } from './realtime.options';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<RealtimeModuleOptions>({
  moduleName: 'Realtime',
})
  .setClassMethodName('forRoot')
  .build();

export const { ConfigurableModuleClass: ConfigurableEmitterClass, MODULE_OPTIONS_TOKEN: EMITTER_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<EmitterModuleOptions>({ moduleName: 'RealtimeEmitter' })
    .setClassMethodName('forRoot')
    .build();
