import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { SnapshotInterceptor, SNAPSHOT_ROOM, SnapshotRoom } from './snapshot.interceptor';

/**
 * For an HTTP handler that answers with the state a room's events change: reads the room's position before the handler
 * runs, and sends it as the header `Realtime-Position`. A client that follows from there misses nothing in between.
 *
 *     @Get(':id')
 *     @RealtimeSnapshot('project::id')
 *
 * `:id` is the route's parameter; a function may make the room of the request. When the position cannot be read, or the
 * room is none, the answer comes without the header. For browsers of other origins CORS must expose it.
 * What caches the handler's results must stand in front of this, not behind it.
 */
export function RealtimeSnapshot(room: SnapshotRoom): MethodDecorator {
  return applyDecorators(SetMetadata(SNAPSHOT_ROOM, room), UseInterceptors(SnapshotInterceptor));
}
