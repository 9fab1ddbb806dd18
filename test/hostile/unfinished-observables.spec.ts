import { CallHandler, ExecutionContext, NestInterceptor, UseGuards, UseInterceptors } from '@nestjs/common';
import { ConnectedSocket, SubscribeMessage } from '@nestjs/websockets';
import { concat, map, Observable, of } from 'rxjs';
import { Connection, RealtimeGateway } from '../../src';
import type { TestClient } from '../support/client';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';

let live = 0;
let runs = 0;
let started = 0;

beforeEach(() => (live = runs = started = 0));
afterEach(stopAll);

/** Counts who is subscribed to it. */
const never = new Observable<boolean>(() => {
  live++;
  return () => live--;
});

class Wrapping implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((value: unknown) => ({ value })));
  }
}

async function* items(): AsyncGenerator<number> {
  started++;
  yield 1;
}

@RealtimeGateway()
class UnfinishedGateway {
  @SubscribeMessage('watch')
  watch(): Observable<unknown> {
    return never;
  }

  @UseInterceptors(Wrapping)
  @SubscribeMessage('watch_wrapped')
  watchWrapped(): Observable<unknown> {
    return never;
  }

  @UseGuards({ canActivate: () => never })
  @SubscribeMessage('watch_guarded')
  watchGuarded(): void {}

  /** Has a value, but no last one. */
  @SubscribeMessage('count_runs')
  countRuns(): Observable<unknown> {
    return concat(of({ run: ++runs }), runs === 1 ? never : of({ run: runs }));
  }

  @SubscribeMessage('end_myself')
  endMyself(@ConnectedSocket() connection: Connection): Observable<unknown> {
    return new Observable((subscriber) => {
      connection.close('internal_error');
      return never.subscribe(subscriber);
    });
  }

  @SubscribeMessage('iterate')
  iterate(): AsyncGenerator<number> {
    return items();
  }

  @SubscribeMessage('stream')
  stream(): object {
    return { event: 'items', data: new ReadableStream() };
  }
}

const host = { providers: [UnfinishedGateway] };
const UNFINISHED = ['watch', 'watch_wrapped', 'watch_guarded'];

async function watching(client: TestClient, command: string): Promise<void> {
  client.send(command, {});
  await until(() => live === 1, 'the subscription');
}

it.each(UNFINISHED)('%s is unsubscribed at the time limit of handlers', async (command) => {
  const { connect } = await realtime({ host, inbox: { handlerTimeoutMs: 300 } });
  const bob = await connect('bob');
  expect((await bob.refusal(command)).code).toBe('processing_error');
  expect(live).toBe(0);
  await bob.settled();
});

it.each(UNFINISHED)('%s is unsubscribed when the client is gone', async (command) => {
  const { connect } = await realtime({ host });
  const bob = await connect('bob');
  await watching(bob, command);
  bob.drop();
  await until(() => live === 0, 'the end of the subscription');
});

it('many clients that begin and drop leave no subscription behind', async () => {
  const { connect } = await realtime({ host });
  for (let round = 0; round < 5; round++) {
    const clients = await Promise.all(['alice', 'bob', 'carol'].map((user) => connect(user)));
    for (const client of clients) client.send('watch', {});
    await until(() => live === 3, 'the subscriptions');
    for (const client of clients) client.drop();
    await until(() => live === 0, 'their end');
  }
});

it('one whose handler ends the connection itself is unsubscribed', async () => {
  const { connect } = await realtime({ host });
  const bob = await connect('bob');
  bob.send('end_myself', {});
  await bob.closed;
  await until(() => live === 0, 'the end of the subscription');
});

it('one is unsubscribed when the application closes', async () => {
  const { connect, close } = await realtime({ host, drain: { flushMs: 100 } });
  await watching(await connect('bob'), 'watch');
  await close();
  expect(live).toBe(0);
});

it('a value that was not the last is not kept as the reply to a repeated command', async () => {
  const { connect } = await realtime({ host, inbox: { handlerTimeoutMs: 300 } });
  const bob = await connect('bob');
  expect((await bob.request('count_runs', {}, 'same')).type).toBe('error');
  expect((await bob.request('count_runs', {}, 'same')).data).toEqual({ run: 2 });
});

it.each(['iterate', 'stream'])('%s is refused, and the log says what can be returned', async (command) => {
  const { connect, log } = await realtime({ host });
  const bob = await connect('bob');
  expect((await bob.refusal(command)).code).toBe('processing_error');
  expect(log.of('error').join()).toContain('Return a value, a Promise or an Observable');
  expect(started).toBe(0);
});
