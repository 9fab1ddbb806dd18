import { IsDefined, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsRoomName } from '../rooms/is-room-name';

export class BroadcastDto {
  @IsOptional()
  @IsRoomName()
  room?: string;

  @IsString()
  @MaxLength(64)
  event!: string;

  @IsDefined()
  @IsObject()
  data!: Record<string, unknown>;
}
