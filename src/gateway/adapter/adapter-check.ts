import { Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { Commands } from '../commands/commands';
import { applicationConfig } from '../commands/enhancers';
import { MissingAdapter } from './missing-adapter';
import { RealtimeWsAdapter } from './realtime-ws.adapter';

/** Sees to it that the application has the adapter its gateways need. */
@Injectable()
export class AdapterCheck implements OnApplicationBootstrap {
  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly host: HttpAdapterHost,
    private readonly commands: Commands,
  ) {
    const config = applicationConfig(moduleRef);
    if (!config.getIoAdapter()) config.setIoAdapter(new MissingAdapter() as never);
  }

  /** @throws Error that says which adapter to use */
  onApplicationBootstrap(): void {
    const adapter: unknown = applicationConfig(this.moduleRef).getIoAdapter();
    // Without an HTTP server, as in a worker, there is nothing to adapt.
    if (this.host?.httpAdapter && !(adapter instanceof RealtimeWsAdapter)) {
      throw new Error(
        `RealtimeModule: the adapter in place is ${(adapter as object).constructor.name}. ` +
          'Use app.useWebSocketAdapter(new RealtimeWsAdapter(app)); it serves your other gateways too.',
      );
    }
    this.commands.prepare();
  }
}
