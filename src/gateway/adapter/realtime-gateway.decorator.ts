import { WebSocketGateway } from '@nestjs/websockets';

/** Stands for the module's own path, which is an option and so not known when decorators run. */
export const REALTIME_PATH = 'nestjs-realtime';

/**
 * A gateway on the module's endpoint: its `@SubscribeMessage` methods are commands on the same connection as
 * `join_room` and the rest. `@ConnectedSocket()` is the `Connection`, `@MessageBody()` the frame's data, checked
 * against its class. The return value is the reply: `{ event, data }`, or anything else as the data of an `ack`.
 */
export function RealtimeGateway(): ClassDecorator {
  return WebSocketGateway({ path: REALTIME_PATH });
}
