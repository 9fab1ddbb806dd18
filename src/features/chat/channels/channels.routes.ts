import { Injectable, OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { posix } from 'node:path';
import { applicationConfig } from '../../../gateway/commands/enhancers';
import { HttpPaths } from '../../../gateway/http/http-paths';

export const CHANNELS_PATH = 'api/v1/websocket/channels';

/** Registers where the routes of the channels are. */
@Injectable()
export class ChannelsRoutes implements OnModuleInit {
  constructor(
    private readonly paths: HttpPaths,
    private readonly moduleRef: ModuleRef,
  ) {}

  // Not earlier: an application sets its global prefix after it was created.
  onModuleInit(): void {
    const prefix = applicationConfig(this.moduleRef).getGlobalPrefix();
    this.paths.add('channels', posix.join('/', prefix, CHANNELS_PATH));
  }
}
