import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { IsRoomName } from '../../rooms/is-room-name';
import { IsText } from '../../rooms/is-text';

/** DTO rule: what may be said. Kept as sent, but for white space around it; to escape it is the renderer's duty. */
function IsChatText(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown))),
    IsText(1, 4000),
  );
}

/** DTO rule: the id of a message. */
function IsMessageId(): PropertyDecorator {
  return Matches(/^[\w-]{21}$/, { message: '$property must be the id of a message' });
}

export class ChatDto {
  @IsRoomName()
  room!: string;

  @IsChatText()
  text!: string;
}

export class ChatEditDto {
  @IsRoomName()
  room!: string;

  @IsMessageId()
  id!: string;

  @IsChatText()
  text!: string;
}

export class ChatDeleteDto {
  @IsRoomName()
  room!: string;

  @IsMessageId()
  id!: string;
}

export class ChatHistoryDto {
  @IsRoomName()
  room!: string;

  /** Only messages before this one. */
  @IsOptional()
  @IsMessageId()
  before?: string;

  @IsOptional()
  @Min(1)
  @Max(200)
  @IsInt()
  limit?: number;
}
