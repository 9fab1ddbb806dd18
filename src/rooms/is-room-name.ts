import { ValidateBy } from 'class-validator';
import { isRoomName, ROOM_NAME_RULE } from '../protocol/room-name';

/** DTO rule: a room's name. */
export function IsRoomName(): PropertyDecorator {
  return ValidateBy({
    name: 'isRoomName',
    validator: {
      validate: isRoomName,
      defaultMessage: (args) => `${args?.property} must be a room name: ${ROOM_NAME_RULE}`,
    },
  });
}
