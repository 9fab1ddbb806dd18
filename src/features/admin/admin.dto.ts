import { Type } from 'class-transformer';
import { IsDateString, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { EVENT_NAME_PATTERN, EVENT_NAME_RULE } from '../../protocol/event-name';
import { IsRoomName } from '../../rooms/is-room-name';
import { IsText } from '../../rooms/is-text';

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

  /** A part of a connection's id, of its user's id or name, or of its address. */
  @IsOptional()
  @IsText(1, 200)
  search?: string;
}

export class RoomsDto extends PageDto {
  /** Left out: all but those of one user each. */
  @IsOptional()
  @IsRoomName()
  kind?: string;

  /** A part of a room's name. */
  @IsOptional()
  @IsText(1, 200)
  search?: string;
}

export class PublicationsDto {
  /** Only those that were said later, as long as the stream has this epoch. */
  @IsOptional()
  @Type(() => Number)
  @Min(0)
  @IsInt()
  after?: number;

  @IsOptional()
  @IsText(1, 64)
  epoch?: string;

  /** Only those that were said earlier than the one with this offset. */
  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @IsInt()
  before?: number;

  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @Max(100)
  @IsInt()
  limit?: number;
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

export class ExplainDto {
  @Matches(new RegExp(EVENT_NAME_PATTERN), { message: `event must be ${EVENT_NAME_RULE}` })
  @MaxLength(64)
  @IsString()
  event!: string;

  /** Whether this user in particular would get it. */
  @IsOptional()
  @IsText(1, 200)
  user?: string;

  /** How long its data is, as JSON; left out: 2, an empty object. */
  @IsOptional()
  @Type(() => Number)
  @Min(2)
  @Max(16_777_216)
  @IsInt()
  data_bytes?: number;
}
