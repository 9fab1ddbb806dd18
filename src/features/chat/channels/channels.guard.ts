import { CanActivate, Injectable } from '@nestjs/common';
import { RealtimeError } from '../../../protocol/errors';
import { ChannelsOptions } from './channels.options';

/** Options are known only after the routes are: switched off, they answer as if they were not there. */
@Injectable()
export class ChannelsGuard implements CanActivate {
  constructor(private readonly options: ChannelsOptions) {}

  /** @throws RealtimeError `not_found` */
  canActivate(): boolean {
    if (this.options.rest) return true;
    throw new RealtimeError('not_found', 'Channels are not served over HTTP here.');
  }
}
