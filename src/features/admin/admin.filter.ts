import { Catch } from '@nestjs/common';
import { ChannelsFilter } from '../chat/channels/channels.filter';

/** Answers as the routes of the channels do. */
@Catch()
export class AdminFilter extends ChannelsFilter {
  protected override readonly where: string = 'A route of the admin API';
}
