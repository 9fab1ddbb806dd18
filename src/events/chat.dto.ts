import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsRoomName } from '../rooms/is-room-name';
import { IsText } from '../rooms/is-text';

/** DTO rule: the text of a chat message. It is kept as sent, but for white space around it; renderers must escape it. */
export function IsChatText(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown))),
    IsText(1, 4000),
  );
}

export class ChatDto {
  @IsRoomName()
  room!: string;

  @IsChatText()
  text!: string;
}
