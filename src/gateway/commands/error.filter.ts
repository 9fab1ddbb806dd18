import { HttpException, Injectable, Logger } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import type { Connection } from '../../connections/connection';
import { LogEntry } from '../../logging/log-entry';
import { ErrorCode, ErrorDetail, isErrorCode, RealtimeError } from '../../protocol/errors';
import { Disconnect } from '../../protocol/close-codes';
import { ThrottledLogger } from '../../logging/throttled-logger';

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

const OURS: ReadonlySet<ErrorCode> = new Set(['unavailable', 'processing_error']);

/** The last filter: turns whatever was thrown into an error of the protocol. What nobody expected goes to the log. */
@Injectable()
export class ErrorFilter {
  readonly #logger = new Logger('RealtimeModule');
  readonly #failures = new ThrottledLogger();
  readonly #failedFilters = new Set<string>();

  /** `connection`: whose frame it was, for the log. */
  catch(exception: unknown, where: string, connection?: Connection): RealtimeError | Disconnect {
    if (exception instanceof RealtimeError) return this.#explained(exception, where, connection);
    if (exception instanceof Disconnect) return exception;
    if (exception instanceof WsException) return fromWsException(exception);
    if (exception instanceof HttpException && exception.getStatus() < 500) return fromHttpException(exception);
    if (exception instanceof HttpException && exception.getStatus() === 503) return new RealtimeError('unavailable');
    this.#log(exception, where, connection);
    return new RealtimeError('processing_error', undefined, { cause: exception });
  }

  /**
   * What a filter of the host's meant by throwing: an exception for clients takes the first one's place. Any other
   * is the filter's own failure; the client is answered as if the filter were not there.
   */
  fromFilter(thrown: unknown, first: unknown, where: string, connection: Connection): unknown {
    if (isForClients(thrown)) return thrown;
    if (thrown !== first) this.#logFilter(thrown, where, connection);
    return first;
  }

  /** The cause of a failure of our own or of a service behind us: clients are not told, so the log must be. */
  #explained(error: RealtimeError, where: string, connection: Connection | undefined): RealtimeError {
    if (error.cause !== undefined && OURS.has(error.code))
      this.#log(error.cause, where, connection, describe(error.cause));
    return error;
  }

  /** `kind`: a service that is down fails all commands alike. */
  #log(exception: unknown, where: string, connection: Connection | undefined, kind?: string): void {
    const stack = exception instanceof Error ? exception.stack : undefined;
    const text = `${where} failed: ${describe(exception)}`;
    this.#failures.error(kind ?? text, connection ? new LogEntry(text, connection) : text, stack);
  }

  /** Once per command in full view: a client that sends what the filter chokes on must not fill the log. */
  #logFilter(error: unknown, where: string, connection: Connection): void {
    const text = `An exception filter on ${where} failed: ${describe(error)}. Does it expect HTTP?`;
    const entry = new LogEntry(text, connection);
    if (this.#failedFilters.has(where)) return this.#logger.debug(entry);
    this.#failedFilters.add(where);
    this.#logger.warn(entry);
  }
}

function isForClients(exception: unknown): boolean {
  return [RealtimeError, Disconnect, WsException, HttpException].some((type) => exception instanceof type);
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
