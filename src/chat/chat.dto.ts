import { Transform } from 'class-transformer';
import { IsString, Length, ValidateBy } from 'class-validator';
import { isCleanText } from '../protocol/text';
import { IsRoomName } from '../rooms/is-room-name';

function IsCleanText(): PropertyDecorator {
  return ValidateBy({
    name: 'isCleanText',
    validator: {
      validate: isCleanText,
      defaultMessage: (args) => `${args?.property} must hold no U+0000 and no lone surrogate`,
    },
  });
}

export class ChatDto {
  @IsRoomName()
  room!: string;

  /** Kept as sent, but for white space around it; to escape it is the renderer's duty. */
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown)))
  @IsString()
  @Length(1, 4000)
  @IsCleanText()
  text!: string;
}
