import { IsBoolean } from 'class-validator';
import { IsRoomName } from '../../rooms/is-room-name';

export class TypingDto {
  @IsRoomName()
  room!: string;

  @IsBoolean()
  typing!: boolean;
}
