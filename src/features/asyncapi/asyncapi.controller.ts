import { Controller, Get } from '@nestjs/common';
import { HttpApi } from '../../gateway/http/http-api.decorator';
import { AsyncApi } from './asyncapi';
import type { AsyncApiDocument } from './asyncapi';

/** The AsyncAPI document over HTTP, for anybody. */
@Controller('api/v1/websocket/asyncapi.json')
export class AsyncApiController {
  constructor(private readonly asyncApi: AsyncApi) {}

  @HttpApi('The AsyncAPI document of the WebSocket', { type: 'object' })
  @Get()
  document(): AsyncApiDocument {
    return this.asyncApi.document;
  }
}
