import {
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { EVENT_NAME_PATTERN, EVENT_NAME_RULE } from '../../protocol/event-name';
import type { EventData, EventName } from '../../events/realtime-events';
import { IsText } from '../../rooms/is-text';

export class MessageDto {
  @Matches(new RegExp(EVENT_NAME_PATTERN), { message: `event must be ${EVENT_NAME_RULE}` })
  @MaxLength(64)
  @IsString()
  event!: EventName;

  @IsDefined()
  @IsObject()
  data!: EventData<EventName>;

  /** Sent again with the same one, it is said once. Left out: a new one. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9_.:-]{1,128}$/, { message: 'message_id must be 1..128 characters of A-Z a-z 0-9 _ . : -' })
  message_id?: string;
}

export class RoomMessageDto extends MessageDto {
  /** volatile: only those who are connected now get it. */
  @IsOptional()
  @IsIn(['reliable', 'volatile'])
  delivery?: 'reliable' | 'volatile';
}

export class UserMessageDto extends MessageDto {
  /** Kept until the user acknowledges it. */
  @IsOptional()
  @IsBoolean()
  mailbox?: boolean;
}

export class DisconnectDto {
  /** What the client is told, as the reason of the close. */
  @IsOptional()
  @IsText(1, 120)
  message?: string;
}

export class DisconnectUserDto extends DisconnectDto {
  /** Only connections whose token has this claim. */
  @IsOptional()
  @IsText(1, 256)
  jti?: string;

  /** For so many milliseconds the user, or that token, is refused everywhere; 0 lifts it. Left out: it is not. */
  @IsOptional()
  @Max(31_622_400_000)
  @Min(0)
  @IsInt()
  bar_ms?: number;
}

export class DrainDto {
  /** Its name, of `stats`. */
  @IsText(1, 200)
  node!: string;
}
