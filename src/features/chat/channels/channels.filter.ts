import { Catch } from '@nestjs/common';
import { HttpErrorFilter } from '../../../gateway/http/http-error.filter';

/** Answers errors of the channels' routes. */
@Catch()
export class ChannelsFilter extends HttpErrorFilter {
  protected override readonly where = 'A route of the channels';
}
