import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Length, Max, Min, ValidateNested } from 'class-validator';
import type { StreamPosition } from '../protocol/position';
import { IsRoomName } from './is-room-name';
import { IsText } from './is-text';

export class PositionDto implements StreamPosition {
  @Length(1, 64)
  @IsString()
  epoch!: string;

  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  @IsInt()
  offset!: number;
}

export class JoinRoomDto {
  @IsRoomName()
  room!: string;

  /** Where the client stopped following: what came after is replayed. */
  @IsOptional()
  @ValidateNested()
  @Type(() => PositionDto)
  since?: PositionDto;

  /** Answer with who is there. */
  @IsOptional()
  @IsBoolean()
  presence?: boolean;

  @IsOptional()
  @IsText(0, 256)
  password?: string;
}
