import { Injectable } from '@nestjs/common';
import { UserLimits } from '../../../gateway/limits/user-limits';
import { RealtimeError } from '../../../protocol/errors';
import { ChannelsOptions } from './channels.options';

/** How often each user tries a channel's password, on all nodes. An attempt counts before it is known to be wrong. */
@Injectable()
export class PasswordAttempts {
  constructor(
    private readonly limits: UserLimits,
    private readonly options: ChannelsOptions,
  ) {}

  /** @throws RealtimeError `rate_limited` */
  async spend(channel: string, userId: string): Promise<void> {
    const burst = this.options.passwordAttemptsPerMinute;
    const key = `${userId}\0password ${channel}`;
    const retryAfterMs = await this.limits.spend(key, 1, { perSecond: burst / 60, burst });
    if (retryAfterMs > 0) throw new RealtimeError('rate_limited', 'Too many passwords tried. Wait.', { retryAfterMs });
  }
}
