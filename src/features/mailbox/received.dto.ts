import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsText } from '../../rooms/is-text';

const MAX_ROOM = 512;
const MAX_EPOCH = 64;

export class ReceivedDto {
  /** The user's own, whose name need not be one that other commands take. */
  @IsText(1, MAX_ROOM)
  room!: string;

  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  @IsInt()
  offset!: number;

  /** The one the offset is of. Left out: that in which the connection began. */
  @IsOptional()
  @IsText(1, MAX_EPOCH)
  epoch?: string;
}
