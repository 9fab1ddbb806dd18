import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { IsChatText } from '../../events/chat.dto';
import { IsRoomName } from '../../rooms/is-room-name';

/** DTO rule: the id of a message. */
function IsMessageId(): PropertyDecorator {
  return Matches(/^[\w-]{21}$/, { message: '$property must be the id of a message' });
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
