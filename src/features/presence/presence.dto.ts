import { IsRoomName } from '../../rooms/is-room-name';

export class PresenceDto {
  @IsRoomName()
  room!: string;
}
