import { Type } from 'class-transformer';
import { IsDateString, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { IsRoomName } from '../rooms/is-room-name';
import { IsText } from '../rooms/is-text';

class PageDto {
  /** The `next` of the page before. */
  @IsOptional()
  @IsText(1, 200)
  cursor?: string;

  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @Max(200)
  @IsInt()
  limit?: number;
}

export class ConnectionsDto extends PageDto {
  @IsOptional()
  @IsText(1, 200)
  user?: string;

  @IsOptional()
  @IsRoomName()
  room?: string;

  @IsOptional()
  @IsText(1, 64)
  address?: string;
}

export class RoomsDto extends PageDto {
  /** Left out: all but those of one user each. */
  @IsOptional()
  @IsRoomName()
  kind?: string;
}

export class AuditDto extends PageDto {
  @IsOptional()
  @IsText(1, 200)
  user?: string;

  @IsOptional()
  @IsRoomName()
  room?: string;

  @IsOptional()
  @IsText(1, 64)
  type?: string;

  @IsOptional()
  @IsDateString({ strict: true })
  @IsString()
  from?: string;

  /** Excluded. */
  @IsOptional()
  @IsDateString({ strict: true })
  @IsString()
  to?: string;
}
