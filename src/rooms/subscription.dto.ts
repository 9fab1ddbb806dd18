import { IsIn, IsOptional, ValidateBy } from 'class-validator';
import { invalid } from '../gateway/validation/frame.pipe';
import type { JsonSchema } from '../protocol/json-schema';
import { isRoomName, RoomName } from '../protocol/room-name';
import { IsRoomName } from './is-room-name';

const ENTITY_ID: JsonSchema = {
  anyOf: [
    { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'string', pattern: '^[A-Za-z0-9_.~:@-]{1,192}$' },
  ],
};

function IsEntityId(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isEntityId',
      validator: {
        validate: (value) => Number.isSafeInteger(value) || (typeof value === 'string' && isEntityId(value)),
        defaultMessage: (args) => `${args?.property} must be an integer or a string that fits a room name`,
      },
    },
    { context: { jsonSchema: ENTITY_ID } },
  );
}

/** Whether `project:<id>`, the longer of the two names, is one. */
function isEntityId(value: string): boolean {
  return value !== '' && isRoomName(`project:${value}`);
}

export class SubscriptionDto {
  @IsIn(['subscribe', 'unsubscribe'])
  action!: 'subscribe' | 'unsubscribe';

  @IsOptional()
  @IsEntityId()
  project_id?: string | number;

  @IsOptional()
  @IsEntityId()
  board_id?: string | number;

  @IsOptional()
  @IsRoomName()
  room?: string;
}

/**
 * The room a subscription is about.
 * @throws RealtimeError `validation_failed` unless exactly one of `project_id`, `board_id` and `room` is given
 */
export function subscribedRoom({ project_id, board_id, room }: SubscriptionDto): RoomName {
  const rooms = [
    project_id != null ? `project:${project_id}` : null,
    board_id != null ? `board:${board_id}` : null,
    room,
  ];
  const given = rooms.filter((name) => name != null);
  if (given.length === 1) return given[0];
  throw invalid([{ field: '', message: `give exactly one of project_id, board_id and room, got ${given.length}` }]);
}
