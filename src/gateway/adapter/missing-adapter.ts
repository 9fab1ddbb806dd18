import type { WebSocketAdapter } from '@nestjs/common';

/** Takes the adapter's place until the application sets one, and says so if it never does. */
export class MissingAdapter implements WebSocketAdapter {
  create(): never {
    throw new Error(
      'RealtimeModule: no adapter is installed. ' +
        'Add app.useWebSocketAdapter(new RealtimeWsAdapter(app)) before app.listen() or app.init().',
    );
  }

  bindClientConnect(): void {}

  bindMessageHandlers(): void {}

  close(): void {}

  dispose(): void {}
}
