import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { feature } from '../../module/feature';
import { AsyncApi } from './asyncapi';
import { AsyncApiController } from './asyncapi.controller';
import { checkDocuments, DocumentsOptions } from './documents.options';
import { OpenApi } from './openapi';

const { FeatureModule, providers } = feature({
  name: 'AsyncApi',
  group: 'asyncapi',
  Class: DocumentsOptions,
  check: checkDocuments,
  extras: {
    /**
     * Whether `/api/v1/websocket/asyncapi.json` is served, without authentication: it holds names and shapes, no data.
     * @default false
     */
    serve: false,
  },
  complete: (definition, { serve }) => ({ ...definition, controllers: serve ? [AsyncApiController] : [] }),
});

/** The AsyncAPI document of the WebSocket, and descriptions of the module's routes for `@nestjs/swagger`. */
@Global()
@Module({ imports: [DiscoveryModule], providers: [...providers, AsyncApi, OpenApi], exports: [AsyncApi] })
export class AsyncApiModule extends FeatureModule {}
