import { IsDefined, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsRoomName } from '../rooms/is-room-name';

export class BroadcastDto {
  @IsOptional()
  @IsRoomName()
  room?: string;

  @MaxLength(64)
  @IsString()
  event!: string;

  @IsDefined()
  @IsObject()
  data!: Record<string, unknown>;
}
