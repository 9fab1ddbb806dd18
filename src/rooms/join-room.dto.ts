import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsObject, IsOptional, IsString, Length, Max, Min, ValidateNested } from 'class-validator';
import type { StreamPosition } from '../protocol/position';
import { IsRoomName } from './is-room-name';
import { MaxJsonBytes } from './max-json-bytes';
import { IsText } from './is-text';

const MAX_META_BYTES = 1024;

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

  /** What those who look who is there are shown of this connection. */
  @IsOptional()
  @MaxJsonBytes(MAX_META_BYTES)
  @IsObject()
  meta?: Record<string, unknown>;

  @IsOptional()
  @IsText(0, 256)
  password?: string;
}
