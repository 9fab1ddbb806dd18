import { IsInt, Max, Min } from 'class-validator';
import { IsText } from '../rooms/is-text';

const MAX_ROOM = 512;

export class ReceivedDto {
  /** The user's own, whose name need not be one that other commands take. */
  @IsText(1, MAX_ROOM)
  room!: string;

  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  @IsInt()
  offset!: number;
}
