import { ArgumentsHost, Catch, ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ErrorFilter } from '../commands/error.filter';
import { ErrorCode, RealtimeError } from '../../protocol/errors';

/** The HTTP status of what may happen to a request. */
export const HTTP_STATUS: Partial<Record<ErrorCode, number>> = {
  validation_failed: 400,
  unauthorized: 401,
  forbidden: 403,
  banned: 403,
  password_required: 403,
  not_found: 404,
  not_member: 409,
  room_full: 409,
  limit_exceeded: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  unavailable: 503,
};

/** Answers what a route threw with the data an `error` frame would have, and its HTTP status. */
@Catch()
export abstract class HttpErrorFilter implements ExceptionFilter {
  /** What failed, for the log. */
  protected abstract readonly where: string;

  constructor(
    private readonly errors: ErrorFilter,
    private readonly host: HttpAdapterHost,
  ) {}

  catch(exception: unknown, context: ArgumentsHost): void {
    const caught = this.errors.catch(exception, this.where);
    const error = caught instanceof RealtimeError ? caught : new RealtimeError('processing_error');
    const { httpAdapter } = this.host;
    const response: unknown = context.switchToHttp().getResponse();
    const { retryAfterMs, code } = error;
    if (retryAfterMs) httpAdapter.setHeader(response, 'Retry-After', String(Math.ceil(retryAfterMs / 1000)));
    if (code === 'unauthorized') httpAdapter.setHeader(response, 'WWW-Authenticate', 'Bearer');
    httpAdapter.reply(response, error.toData(), HTTP_STATUS[code] ?? 500);
  }
}
