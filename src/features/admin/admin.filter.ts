import { Catch } from '@nestjs/common';
import { HttpErrorFilter } from '../../gateway/http/http-error.filter';

/** Answers errors of the admin API's routes. */
@Catch()
export class AdminFilter extends HttpErrorFilter {
  protected override readonly where = 'A route of the admin API';
}
