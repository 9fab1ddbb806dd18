import { IsRoomName } from './is-room-name';

export class LeaveRoomDto {
  @IsRoomName()
  room!: string;
}
