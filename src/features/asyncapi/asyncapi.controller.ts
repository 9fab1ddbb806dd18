import { Controller, Get, NotFoundException } from '@nestjs/common';
import { Answers } from '../../gateway/commands/answers.decorator';
import { DocumentsOptions } from './documents.options';
import { AsyncApi } from './asyncapi';
import type { AsyncApiDocument } from './asyncapi';

/** The AsyncAPI document over HTTP, for anybody. */
@Controller('api/v1/websocket/asyncapi.json')
export class AsyncApiController {
  constructor(
    private readonly asyncApi: AsyncApi,
    private readonly options: DocumentsOptions,
  ) {}

  /** @throws NotFoundException where `documents.asyncapi` is off */
  @Answers('The AsyncAPI document of the WebSocket', { type: 'object' })
  @Get()
  document(): AsyncApiDocument {
    if (!this.options.asyncapi) throw new NotFoundException();
    return this.asyncApi.document;
  }
}
