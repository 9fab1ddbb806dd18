import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../protocol/json-schema';
import { isRoomName, ROOM_NAME_PATTERN, ROOM_NAME_RULE } from '../protocol/room-name';

/** DTO rule: a room's name. */
export function IsRoomName(): PropertyDecorator {
  const jsonSchema: JsonSchema = { type: 'string', pattern: ROOM_NAME_PATTERN };
  return ValidateBy(
    {
      name: 'isRoomName',
      validator: {
        validate: isRoomName,
        defaultMessage: (args) => `${args?.property} must be a room name: ${ROOM_NAME_RULE}`,
      },
    },
    { context: { jsonSchema } },
  );
}
