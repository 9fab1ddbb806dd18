import {
  ArgumentsHost,
  BadRequestException,
  Catch,
  ConflictException,
  ExceptionFilter,
  ForbiddenException,
  HttpException,
  InternalServerErrorException,
  NotFoundException,
  PayloadTooLargeException,
  ServiceUnavailableException,
  UnauthorizedException,
  UnprocessableEntityException,
  UseFilters,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { BaseWsExceptionFilter, MessageBody, SubscribeMessage, WsException } from '@nestjs/websockets';
import { of, throwError } from 'rxjs';
import { Disconnect, RealtimeError, RealtimeGateway } from '../../src';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

const circular: Record<string, unknown> = {};
circular.self = circular;

/** What a handler throws, by the `message_id` it is asked with. */
const THROWN: Record<string, () => unknown> = {
  realtime: () =>
    new RealtimeError('not_found', 'No card 7.', { retryAfterMs: 50, details: [{ field: 'id', message: 'is gone' }] }),
  realtime_cause: () => new RealtimeError('unavailable', undefined, { cause: new Error('ECONNREFUSED 10.0.0.7') }),
  ws_text: () => new WsException('The card is locked.'),
  ws_code: () => new WsException({ code: 'not_found', message: 'No card 7.', stack: 'secret' }),
  ws_odd: () => new WsException({ code: 'constructor', secret: 'db-7' }),
  bad_request: () => new BadRequestException('id is odd'),
  unauthorized: () => new UnauthorizedException(),
  forbidden: () => new ForbiddenException('Not yours.'),
  not_found: () => new NotFoundException(),
  too_large: () => new PayloadTooLargeException(),
  unprocessable: () => new UnprocessableEntityException(['id must be even', 'name is empty']),
  too_many: () => new HttpException('Slow down.', 429),
  conflict: () => new ConflictException('Changed meanwhile.'),
  http_500: () => new InternalServerErrorException('secret of 500'),
  http_503: () => new ServiceUnavailableException('secret of 503'),
  error: () => new TypeError('secret of error'),
  text: () => 'secret text',
  nothing: () => undefined,
  disconnect: () => new Disconnect('disconnected_by_admin', 'enough'),
};

@RealtimeGateway()
class ThrowingGateway {
  @SubscribeMessage('throws')
  throws(@MessageBody('what') what: string) {
    throw THROWN[what]();
  }

  @SubscribeMessage('rejects')
  async rejects(@MessageBody('what') what: string) {
    await Promise.resolve();
    throw THROWN[what]();
  }

  @SubscribeMessage('observes')
  observes(@MessageBody('what') what: string) {
    return throwError(() => THROWN[what]());
  }

  @SubscribeMessage('no_json')
  noJson(@MessageBody('what') what: string) {
    const odd: Record<string, unknown> = {
      big: { event: 'big', data: { n: 10n } },
      circular: { event: 'circular', data: circular },
      function: { event: 'function', data: () => 1 },
      symbol: Promise.resolve({ event: 'symbol', data: Symbol('s') }),
      late: Promise.resolve({ n: 10n }),
    };
    return odd[what];
  }

  @SubscribeMessage('piped')
  piped(@MessageBody(new ValidationPipe()) data: object) {
    return data;
  }
}

const host = { providers: [ThrowingGateway] };

describe('a command that fails', () => {
  it.each(['throws', 'rejects', 'observes'])('is answered with one error that fits the exception (%s)', async (how) => {
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    const codes: Record<string, [code: string, message: string]> = {
      ws_text: ['processing_error', 'The card is locked.'],
      ws_code: ['not_found', 'No card 7.'],
      ws_odd: ['processing_error', 'Ws Exception'],
      bad_request: ['validation_failed', 'id is odd'],
      unauthorized: ['unauthorized', 'Unauthorized'],
      forbidden: ['forbidden', 'Not yours.'],
      not_found: ['not_found', 'Not Found'],
      too_large: ['payload_too_large', 'Payload Too Large'],
      too_many: ['rate_limited', 'Slow down.'],
      conflict: ['processing_error', 'Changed meanwhile.'],
      http_500: ['processing_error', 'The server could not process this frame.'],
      http_503: ['unavailable', 'A backing service is down; nothing was done. Try again later.'],
      error: ['processing_error', 'The server could not process this frame.'],
      text: ['processing_error', 'The server could not process this frame.'],
      nothing: ['processing_error', 'The server could not process this frame.'],
    };
    for (const [what, [code, message]] of Object.entries(codes)) {
      const refusal = await alice.refusal(how, { what });
      expect([what, refusal]).toEqual([
        what,
        { code, message, retryable: ['rate_limited', 'unavailable'].includes(code) },
      ]);
    }
    expect(await alice.refusal(how, { what: 'realtime' })).toEqual({
      code: 'not_found',
      message: 'No card 7.',
      retryable: false,
      retry_after_ms: 50,
      details: [{ field: 'id', message: 'is gone' }],
    });
    expect((await alice.refusal(how, { what: 'unprocessable' })).details).toEqual([
      { field: 'id', message: 'id must be even' },
      { field: 'name', message: 'name is empty' },
    ]);
    await alice.settled();
    expect(alice.unread).toEqual([]);
    alice.send(how, { what: 'disconnect' });
    expect(await alice.closed).toEqual({ code: 4503, reason: 'enough' });
  });

  it('tells the log what it does not tell the client', async () => {
    const { connect, log } = await realtime({ host });
    const alice = await connect('alice');
    for (const what of ['error', 'http_500', 'realtime_cause', 'text']) await alice.refusal('rejects', { what });
    const sent = JSON.stringify(alice.frames);
    const logged = log.of('error').join('\n');
    expect(sent).not.toMatch(/secret|ECONNREFUSED|\.ts:|at /);
    expect(logged).toContain('ThrowingGateway.rejects failed: TypeError: secret of error');
    expect(logged).toContain('failing-commands.spec.ts:');
    expect(logged).toContain('secret of 500');
    expect(logged).toContain('ThrowingGateway.rejects failed: Error: ECONNREFUSED 10.0.0.7');
    await alice.refusal('rejects', { what: 'not_found' });
    expect(log.of('error')).toHaveLength(4);
  });

  it('is answered when what it returned is no JSON', async () => {
    const { connect, log } = await realtime({ host });
    const alice = await connect('alice');
    expect((await alice.refusal('no_json', { what: 'late' })).code).toBe('processing_error');
    for (const what of ['big', 'circular', 'function', 'symbol']) {
      expect((await alice.refusal('no_json', { what })).code).toBe('processing_error');
      alice.raw(JSON.stringify({ type: 'no_json', data: { what } }));
      expect((await alice.next('error')).data.code).toBe('processing_error');
    }
    expect(log.of('error').join('\n')).toContain('The data of "function" is no JSON but a function');
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });
});

@Catch(NotFoundException)
class NotFoundFilter implements ExceptionFilter {
  async catch() {
    await Promise.resolve();
    return { event: 'missing', data: { by: 'method' } };
  }
}

@Catch(HttpException)
class ClassFilter implements ExceptionFilter {
  catch(exception: HttpException, context: ArgumentsHost) {
    if (exception instanceof ForbiddenException) return new RealtimeError('banned');
    return of({
      event: 'caught',
      data: { by: 'class', type: context.getType(), data: context.switchToWs().getData<object>() },
    });
  }
}

@Catch(TypeError)
class NoJsonFilter implements ExceptionFilter {
  catch() {
    return { event: 'caught', data: { n: 10n } };
  }
}

/** As every Nest application has one: it knows only HTTP, and fails on anything else. */
@Catch()
class HttpOnlyFilter implements ExceptionFilter {
  catch(_exception: unknown, context: ArgumentsHost) {
    const response = context.switchToHttp().getResponse<{ status(code: number): { json(body: unknown): void } }>();
    response.status(500).json({});
  }
}

@Catch()
class RethrowingFilter implements ExceptionFilter {
  catch(exception: unknown) {
    throw exception instanceof WsException ? new RealtimeError('not_found', 'Told otherwise.') : exception;
  }
}

@UseFilters(ClassFilter)
@RealtimeGateway()
class FilteredGateway extends ThrowingGateway {
  @UseFilters(NotFoundFilter, new NoJsonFilter())
  @SubscribeMessage('filtered')
  filtered(@MessageBody('what') what: string) {
    throw THROWN[what]();
  }
}

describe('exception filters', () => {
  it('make the reply, the nearest that catches the exception first', async () => {
    const { connect, log } = await realtime({ host: { providers: [FilteredGateway] } });
    const alice = await connect('alice');
    const data = { what: 'not_found' };
    expect(await alice.request('filtered', data)).toMatchObject({ type: 'missing', data: { by: 'method' } });
    expect(await alice.request('throws', data)).toMatchObject({
      type: 'caught',
      data: { by: 'class', type: 'ws', data },
    });
    expect((await alice.refusal('filtered', { what: 'forbidden' })).code).toBe('banned');
    expect((await alice.refusal('filtered', { what: 'ws_code' })).code).toBe('not_found');
    expect((await alice.refusal('filtered', { what: 'error' })).code).toBe('processing_error');
    expect(log.of('error').join()).toContain('secret of error');
  });

  it.each([['APP_FILTER'], ['useGlobalFilters']])(
    'of the application that know only HTTP silence nothing (%s)',
    async (how) => {
      const { connect, log } = await realtime({
        host: {
          providers: [
            ThrowingGateway,
            ...(how === 'APP_FILTER' ? [{ provide: APP_FILTER, useClass: HttpOnlyFilter }] : []),
          ],
        },
        configure: (app) => void (how === 'useGlobalFilters' && app.useGlobalFilters(new HttpOnlyFilter())),
      });
      const alice = await connect('alice');
      expect((await alice.refusal('throws', { what: 'bad_request' })).code).toBe('validation_failed');
      expect((await alice.refusal('rejects', { what: 'error' })).code).toBe('processing_error');
      expect((await alice.refusal('rejects', { what: 'error' })).code).toBe('processing_error');
      expect((await alice.refusal('join_room', { room: '!' })).code).toBe('validation_failed');
      expect(log.of('warn').filter((line) => line.includes('rejects'))).toEqual([
        expect.stringContaining('An exception filter on ThrowingGateway.rejects failed: TypeError') as string,
      ]);
      expect(log.of('error').filter((line) => /secret of error \(connection .*alice\)/.test(line))).toHaveLength(1);
      alice.send('throws', { what: 'disconnect' });
      expect((await alice.closed).code).toBe(4503);
    },
  );

  it("may throw on, or be Nest's own", async () => {
    const { connect, log } = await realtime({
      host,
      configure: (app) => app.useGlobalFilters(new BaseWsExceptionFilter(), new RethrowingFilter()),
    });
    const alice = await connect('alice');
    expect(await alice.refusal('throws', { what: 'ws_text' })).toMatchObject({
      code: 'not_found',
      message: 'Told otherwise.',
    });
    expect((await alice.refusal('throws', { what: 'forbidden' })).code).toBe('forbidden');
    expect((await alice.refusal('throws', { what: 'error' })).code).toBe('processing_error');
    expect(log.text).not.toContain('Does it expect HTTP?');
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });
});
