import { Transform } from 'class-transformer';
import { IsRoomName } from '../rooms/is-room-name';
import { IsText } from '../rooms/is-text';

export class ChatDto {
  @IsRoomName()
  room!: string;

  /** Kept as sent, but for white space around it; to escape it is the renderer's duty. */
  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown)))
  @IsText(1, 4000)
  text!: string;
}
