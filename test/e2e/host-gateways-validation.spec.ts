import { ValidationPipe } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsInt, IsObject, IsOptional } from 'class-validator';
import { RealtimeGateway } from '../../src';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

class CardDto {
  @IsInt()
  id!: number;

  @IsOptional()
  @IsObject()
  meta?: Record<string, unknown>;
}

@RealtimeGateway()
class CardGateway {
  @SubscribeMessage('card')
  card(@MessageBody() card: CardDto) {
    return { card };
  }

  /** Without a class of its own, so that only the pipe knows what is valid. */
  @SubscribeMessage('piped')
  piped(@MessageBody(new ValidationPipe({ expectedType: CardDto, transform: true })) card: { id: number }) {
    return { id: card.id, checked: card instanceof CardDto };
  }
}

const host = { providers: [CardGateway] };
const STRICT = { transform: true, whitelist: true, forbidNonWhitelisted: true, validateCustomDecorators: true };
const free = '{"constructor":"Ferrari","toString":1,"__proto__":{"admin":true}}';

describe("an application's ValidationPipe", () => {
  it('for its controllers does not come between frames and the commands of the module', async () => {
    const { connect, log } = await realtime({
      clientEvents: ['a.b'],
      configure: (app) => app.useGlobalPipes(new ValidationPipe(STRICT)),
    });
    const alice = await connect('alice');
    await alice.join('lobby');
    alice.raw(`{"type":"broadcast","data":{"room":"lobby","event":"a.b","data":${free}}}`);
    expect(JSON.stringify((await alice.next('a.b')).data)).toBe(free);
    expect((await alice.refusal('join_room', { room: 'lobby', other: 1 })).details).toEqual([
      { field: 'other', message: 'is not a known field' },
    ]);
    expect((await alice.request('echo', { a: 1 })).data).toEqual({ a: 1 });
    expect(log.of('error')).toEqual([]);
  });

  it("nor between frames and the host's own commands that have a DTO", async () => {
    const { connect, log } = await realtime({
      host,
      configure: (app) => app.useGlobalPipes(new ValidationPipe(STRICT)),
    });
    const alice = await connect('alice');
    alice.raw(`{"type":"card","message_id":"c-1","data":{"id":1,"meta":${free}}}`);
    expect(JSON.stringify((await alice.next('ack')).data)).toBe(`{"card":{"id":1,"meta":${free}}}`);
    expect((await alice.refusal('card', { id: '1' })).details).toEqual([
      { field: 'id', message: 'id must be an integer number' },
    ]);
    expect(log.of('error')).toEqual([]);
  });

  it('decides where nothing else does', async () => {
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    expect((await alice.request('piped', { id: 1 })).data).toEqual({ id: 1, checked: true });
    expect(await alice.refusal('piped', { id: 'x' })).toEqual({
      code: 'validation_failed',
      message: 'Bad Request Exception',
      retryable: false,
      details: [{ field: 'id', message: 'id must be an integer number' }],
    });
  });
});
