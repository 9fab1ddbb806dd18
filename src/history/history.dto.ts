import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsRoomName } from '../rooms/is-room-name';

export class HistoryDto {
  @IsRoomName()
  room!: string;

  /** Only offsets below this one. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  before?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;
}
