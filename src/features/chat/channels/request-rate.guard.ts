import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { callerOf } from '../../../gateway/handshake/bearer.guard';
import { UserLimits } from '../../../gateway/limits/user-limits';
import { RealtimeError } from '../../../protocol/errors';
import { ChannelsOptions } from './channels.options';

/** How much each user may ask of the channels over HTTP, apart from what its connections send. */
@Injectable()
export class RequestRateGuard implements CanActivate {
  constructor(
    private readonly limits: UserLimits,
    private readonly options: ChannelsOptions,
  ) {}

  /** @throws RealtimeError `rate_limited` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    // No user's id has a NUL in it: the user's own bucket, for frames, is another one.
    const key = `${callerOf(context)!.userId}\0http`;
    const retryAfterMs = await this.limits.spend(key, 1, this.options.requests);
    if (retryAfterMs > 0) throw new RealtimeError('rate_limited', 'Too many requests. Slow down.', { retryAfterMs });
    return true;
  }
}
