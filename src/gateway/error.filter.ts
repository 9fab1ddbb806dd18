import { HttpException, Injectable, Logger } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { ErrorCode, ErrorDetail, isErrorCode, RealtimeError } from '../protocol/errors';
import { Disconnect } from '../protocol/close-codes';

const BY_STATUS: Partial<Record<number, ErrorCode>> = {
  400: 'validation_failed',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'payload_too_large',
  422: 'validation_failed',
  429: 'rate_limited',
  503: 'unavailable',
};

/** The last filter: turns whatever was thrown into an error of the protocol. What nobody expected goes to the log. */
@Injectable()
export class ErrorFilter {
  readonly #logger = new Logger('RealtimeModule');

  catch(exception: unknown, where: string): RealtimeError | Disconnect {
    if (exception instanceof RealtimeError || exception instanceof Disconnect) return exception;
    if (exception instanceof WsException) return fromWsException(exception);
    if (exception instanceof HttpException && exception.getStatus() < 500) return fromHttpException(exception);
    if (exception instanceof HttpException && exception.getStatus() === 503) return new RealtimeError('unavailable');
    this.#logger.error(
      `${where} failed: ${describe(exception)}`,
      exception instanceof Error ? exception.stack : undefined,
    );
    return new RealtimeError('processing_error', undefined, { cause: exception });
  }

  /** Says that a filter of the host's failed itself; the client is answered as if it were not there. */
  filterFailed(error: unknown, where: string): void {
    this.#logger.warn(`An exception filter on ${where} failed: ${describe(error)}. Does it expect HTTP?`);
  }
}

function describe(exception: unknown): string {
  return exception instanceof Error ? `${exception.name}: ${exception.message}` : typeof exception;
}

/** A WsException is written for the client, so its words reach it; its code too, where the protocol has it. */
function fromWsException(exception: WsException): RealtimeError {
  const error = exception.getError();
  if (typeof error === 'string') return new RealtimeError('processing_error', error);
  const { code, message } = error as { code?: unknown; message?: unknown };
  return new RealtimeError(
    isErrorCode(code) ? code : 'processing_error',
    typeof message === 'string' ? message : exception.message,
  );
}

function fromHttpException(exception: HttpException): RealtimeError {
  const code = BY_STATUS[exception.getStatus()] ?? 'processing_error';
  const response = exception.getResponse();
  const message = typeof response === 'object' ? (response as { message?: unknown }).message : response;
  return new RealtimeError(code, exception.message, {
    details: Array.isArray(message) ? message.map(toDetail) : undefined,
  });
}

/** ValidationPipe's messages begin with the name of the property. */
function toDetail(message: unknown): ErrorDetail {
  const text = String(message);
  return { field: /^[\w.]+(?= )/.exec(text)?.[0] ?? '', message: text };
}
