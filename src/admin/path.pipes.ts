import { Injectable, PipeTransform } from '@nestjs/common';
import { invalid } from '../gateway/frame.pipe';
import { isRoomName, RoomName, ROOM_NAME_RULE } from '../protocol/room-name';

/** A room's name in a URL. */
@Injectable()
export class RoomPipe implements PipeTransform<string, RoomName> {
  /** @throws RealtimeError `validation_failed` */
  transform(room: string): RoomName {
    if (isRoomName(room)) return room;
    throw invalid([{ field: 'room', message: `room must be ${ROOM_NAME_RULE}` }]);
  }
}

/** A project's id in a URL, of which it makes the project's room. */
@Injectable()
export class ProjectPipe implements PipeTransform<string, RoomName> {
  /** @throws RealtimeError `validation_failed` */
  transform(id: string): RoomName {
    const room = `project:${id}`;
    if (id && isRoomName(room)) return room;
    throw invalid([{ field: 'project', message: `project:<id> must be ${ROOM_NAME_RULE}` }]);
  }
}
