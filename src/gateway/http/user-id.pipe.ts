import { Injectable, PipeTransform } from '@nestjs/common';
import { invalid } from '../validation/frame.pipe';
import { isCleanText } from '../../protocol/text';

const MAX_USER_ID = 200;

/** A user's id in a URL. */
@Injectable()
export class UserIdPipe implements PipeTransform<string, string> {
  /** @throws RealtimeError `validation_failed` */
  transform(userId: string): string {
    if (isCleanText(userId) && userId.length <= MAX_USER_ID) return userId;
    throw invalid([{ field: 'user', message: `user must be text of 1..${MAX_USER_ID} characters` }]);
  }
}
