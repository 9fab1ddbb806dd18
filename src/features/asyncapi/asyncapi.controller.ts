import { Controller, Get } from '@nestjs/common';
import { Answers } from '../../gateway/http/answers.decorator';
import { AsyncApi } from './asyncapi';
import type { AsyncApiDocument } from './asyncapi';

/** The AsyncAPI document over HTTP, for anybody. */
@Controller('api/v1/websocket/asyncapi.json')
export class AsyncApiController {
  constructor(private readonly asyncApi: AsyncApi) {}

  @Answers('The AsyncAPI document of the WebSocket', { type: 'object' })
  @Get()
  document(): AsyncApiDocument {
    return this.asyncApi.document;
  }
}
