import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Idempotency } from '../../gateway/commands/command-options';
import { RealtimeGateway } from '../../gateway/adapter/realtime-gateway.decorator';
import type { ServerFrameData } from '../../protocol/frames';
import { MEMBERS_OF_A_FRAME, toMemberList } from '../../rooms/members';
import { RequireRoom } from '../../rooms/room.guard';
import { PresenceDto } from './presence.dto';
import { PresenceStore } from './presence-store';

@RealtimeGateway()
export class PresenceGateway {
  constructor(private readonly store: PresenceStore) {}

  /** Who is in a room. */
  @RequireRoom('presence')
  @Idempotency('none')
  @SubscribeMessage('presence')
  async presence(@MessageBody() { room }: PresenceDto) {
    const page = await this.store.members(room, MEMBERS_OF_A_FRAME);
    const data: ServerFrameData['presence'] = { room, ...toMemberList(page) };
    return { event: 'presence', data };
  }
}
