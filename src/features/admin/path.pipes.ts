import { Injectable, PipeTransform } from '@nestjs/common';
import { invalid } from '../../gateway/validation/frame.pipe';
import { isRoomName, RoomName, ROOM_NAME_RULE } from '../../protocol/room-name';

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

/** A connection's id in a URL; one that is none is nobody's. */
@Injectable()
export class ConnectionPipe implements PipeTransform<string, string> {
  /** @throws RealtimeError `validation_failed` */
  transform(id: string): string {
    if (/^[\w-]{1,64}$/.test(id)) return id;
    throw invalid([{ field: 'connection', message: 'connection must be 1..64 characters of A-Z a-z 0-9 _ -' }]);
  }
}
