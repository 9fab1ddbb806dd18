import { Type } from 'class-transformer';
import { IsDateString, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateIf } from 'class-validator';
import { IsText } from '../../../rooms/is-text';
import type { ChannelVisibility } from '../../../storage/database';
import { CHANNEL_ID } from './channel';

const MAX_SLOW_SECONDS = 21_600;

/** What may be set of a channel, when it is made and later. */
class ChannelSettingsDto {
  /** Between two messages of a member. */
  @IsOptional()
  @Min(0)
  @Max(MAX_SLOW_SECONDS)
  @IsInt()
  slow_mode_seconds?: number;

  @IsOptional()
  @Min(1)
  @IsInt()
  member_limit?: number;
}

export class CreateChannelDto extends ChannelSettingsDto {
  /** Left out: 21 random characters. */
  @IsOptional()
  @Matches(CHANNEL_ID, { message: '$property must be 1..64 characters of A-Z a-z 0-9 _ -' })
  id?: string;

  @IsText(1, 100)
  name!: string;

  @IsOptional()
  @IsIn(['public', 'private', 'password'])
  visibility?: ChannelVisibility;

  @IsOptional()
  @IsText(8, 256)
  password?: string;
}

export class UpdateChannelDto extends ChannelSettingsDto {
  @IsOptional()
  @IsText(1, 100)
  name?: string;

  /** To protect it by a password, set one. */
  @IsOptional()
  @IsIn(['public', 'private'])
  visibility?: 'public' | 'private';
}

export class PasswordDto {
  @ValidateIf(({ password }: PasswordDto) => password !== null)
  @IsText(8, 256)
  password!: string | null;
}

export class JoinChannelDto {
  @IsOptional()
  @IsText(0, 256)
  password?: string;
}

export class UserDto {
  @IsText(1, 200)
  user_id!: string;
}

export class RoleDto {
  @IsIn(['moderator', 'member'])
  role!: 'moderator' | 'member';
}

export class BanDto {
  @IsOptional()
  @IsText(1, 500)
  reason?: string;

  /** Left out: for good. */
  @IsOptional()
  @IsDateString({ strict: true })
  @IsString()
  until?: string;
}

export class PageDto {
  @IsOptional()
  @IsText(1, 200)
  after?: string;

  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @Max(200)
  @IsInt()
  limit?: number;
}
