import { ArgumentsHost, Catch, HttpException, HttpStatus } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { RealtimeError } from '../index';

/** A database that is down is the server's trouble, for now: 503. */
@Catch(RealtimeError)
export class UnavailableFilter extends BaseExceptionFilter {
  override catch(error: RealtimeError, host: ArgumentsHost): void {
    const { code, message } = error;
    super.catch(code === 'unavailable' ? new HttpException(message, HttpStatus.SERVICE_UNAVAILABLE) : error, host);
  }
}
