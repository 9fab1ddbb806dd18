import type { BoardEvents } from './board-events';

// What `emit`, `on` and `@EmitEvent` accept from here on: these names, each with its payload.
// An application that installed the package writes: declare module 'nestjs-realtime'.
declare module '../index' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- declared apart, so that the page can take it, too
  interface RealtimeEvents extends BoardEvents {}
}
