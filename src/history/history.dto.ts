import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsRoomName } from '../rooms/is-room-name';

export class HistoryDto {
  @IsRoomName()
  room!: string;

  /** Only offsets below this one. */
  @IsOptional()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  @IsInt()
  before?: number;

  @IsOptional()
  @Min(1)
  @Max(200)
  @IsInt()
  limit?: number;
}
