import { createParamDecorator, ExecutionContext, Injectable, ParseIntPipe, PipeTransform } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  ValidatorConstraintInterface,
} from 'class-validator';
import { delay, from, of } from 'rxjs';
import { Connection, Inbound, InboundFrame, RealtimeGateway } from '../../src';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

@ValidatorConstraint({ name: 'isFree', async: true })
class IsFree implements ValidatorConstraintInterface {
  async validate(value: unknown): Promise<boolean> {
    await Promise.resolve();
    return value !== 'taken';
  }

  defaultMessage(): string {
    return 'is taken';
  }
}

class TagDto {
  @IsString()
  @MaxLength(5)
  @Validate(IsFree)
  text!: string;
}

class CardDto {
  @IsInt()
  id!: number;

  @IsOptional()
  @ValidateNested()
  @Type(() => TagDto)
  tag?: TagDto;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TagDto)
  tags?: TagDto[];

  @IsOptional()
  @IsObject()
  meta?: Record<string, unknown>;
}

class NameDto {
  @Validate(IsFree)
  name!: string;
}

class SizeDto {
  @IsInt()
  width!: number;
}

@Injectable()
class Prices {
  of(id: number): number {
    return id * 100;
  }
}

@Injectable()
class PricePipe implements PipeTransform<number, Promise<number>> {
  constructor(private readonly prices: Prices) {}

  async transform(id: number): Promise<number> {
    return Promise.resolve(this.prices.of(id));
  }
}

const UserId = createParamDecorator((prefix: string, context: ExecutionContext) =>
  Promise.resolve(`${prefix}${context.switchToWs().getClient<Connection>().userId}`),
);

@RealtimeGateway()
class ReturnsGateway {
  @SubscribeMessage('event')
  event() {
    return { event: 'moved', data: { by: 'event' } };
  }

  @SubscribeMessage('event_alone')
  eventAlone() {
    return { event: 'moved' };
  }

  @SubscribeMessage('object')
  object() {
    return { moved: true };
  }

  @SubscribeMessage('list')
  list() {
    return [1, 2];
  }

  @SubscribeMessage('number')
  number() {
    return 42;
  }

  @SubscribeMessage('nothing')
  nothing() {}

  @SubscribeMessage('promise')
  async promise() {
    await Promise.resolve();
    return { event: 'moved', data: { by: 'promise' } };
  }

  @SubscribeMessage('observable')
  observable() {
    return of(1, 2, 3).pipe(delay(1));
  }

  @SubscribeMessage('promised_observable')
  async promisedObservable() {
    return Promise.resolve(from([{ event: 'moved', data: { by: 'observable' } }]));
  }

  @SubscribeMessage('empty_observable')
  emptyObservable() {
    return of();
  }
}

@RealtimeGateway()
class ParametersGateway {
  @SubscribeMessage('bare')
  bare(client: Connection, data: object) {
    return { user: client.userId, data };
  }

  @SubscribeMessage('keys')
  keys(@MessageBody('id', ParseIntPipe, PricePipe) price: number, @MessageBody('constructor') inherited: unknown) {
    return { price, inherited: inherited === undefined ? 'none' : inherited };
  }

  @SubscribeMessage('sized')
  sized(@MessageBody('size') size: SizeDto) {
    return { width: size.width, checked: size instanceof SizeDto };
  }

  @SubscribeMessage('all')
  all(
    @UserId('user-') user: string,
    @ConnectedSocket() connection: Connection,
    @MessageBody() card: CardDto,
    @Inbound() frame: InboundFrame,
  ) {
    const checked = card instanceof CardDto && (card.tag === undefined || card.tag instanceof TagDto);
    return { user, checked, card, same: connection.userId === 'alice', messageId: frame.messageId, type: frame.type };
  }

  @SubscribeMessage('name')
  name(@MessageBody() { name }: NameDto) {
    return { name };
  }

  /** Two parameters that can fail, the first of them later. */
  @SubscribeMessage('both')
  both(@MessageBody() _name: NameDto, @MessageBody('name', ParseIntPipe) name: number) {
    return { name };
  }
}

const host = { providers: [ReturnsGateway, ParametersGateway, Prices, PricePipe] };

describe("a host's gateway", () => {
  it('replies with what its handler returns, at once or later', async () => {
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    const replies: [string, string, object][] = [
      ['event', 'moved', { by: 'event' }],
      ['event_alone', 'moved', {}],
      ['object', 'ack', { moved: true }],
      ['list', 'ack', { result: [1, 2] }],
      ['number', 'ack', { result: 42 }],
      ['nothing', 'ack', {}],
      ['promise', 'moved', { by: 'promise' }],
      ['observable', 'ack', { result: 3 }],
      ['promised_observable', 'moved', { by: 'observable' }],
      ['empty_observable', 'ack', {}],
    ];
    for (const [command, type, data] of replies) {
      expect(await alice.request(command)).toMatchObject({ type, data });
    }
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });

  it('gets its parameters from the frame, through pipes and decorators, waiting for those that take time', async () => {
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    expect((await alice.request('bare', { a: 1 })).data).toEqual({ user: 'alice', data: { a: 1 } });
    expect((await alice.request('keys', { id: '7' })).data).toEqual({ price: 700, inherited: 'none' });
    expect((await alice.request('all', { id: 1, tag: { text: 'a' }, meta: { any: [1] } }, 'a-1')).data).toEqual({
      user: 'user-alice',
      checked: true,
      card: { id: 1, tag: { text: 'a' }, meta: { any: [1] } },
      same: true,
      messageId: 'a-1',
      type: 'all',
    });
  });

  it('gets only data that fits its DTO, nested, listed and asynchronously checked parts included', async () => {
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    const details = async (type: string, data: object) => {
      const refusal = await alice.refusal(type, data);
      expect(refusal.code).toBe('validation_failed');
      return refusal.details;
    };
    expect(await details('all', { id: '1' })).toEqual([{ field: 'id', message: 'id must be an integer number' }]);
    expect(await details('all', { id: 1, tag: { text: 'longer' } })).toEqual([
      { field: 'tag.text', message: 'text must be shorter than or equal to 5 characters' },
    ]);
    expect(await details('all', { id: 1, tag: { text: 'taken' } })).toEqual([
      { field: 'tag.text', message: 'is taken' },
    ]);
    expect(await details('all', { id: 1, tags: [{ text: 'a' }, { text: 'taken' }] })).toEqual([
      { field: 'tags.1.text', message: 'is taken' },
    ]);
    expect(await details('all', { id: 1, tag: [] })).toEqual([
      { field: 'tag', message: 'must be an object, got an array' },
    ]);
    expect(await details('all', { id: 1, tag: 'a' })).toEqual([
      { field: 'tag', message: 'nested property tag must be either object or array' },
    ]);
    expect(await details('name', { name: 'taken' })).toEqual([{ field: 'name', message: 'is taken' }]);
    expect((await alice.request('name', { name: 'free' })).data).toEqual({ name: 'free' });
  });

  it('gets a part of the data only if it fits the class of its parameter', async () => {
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    expect((await alice.request('sized', { size: { width: 3 } })).data).toEqual({ width: 3, checked: true });
    const fields = async (data: object) => (await alice.refusal('sized', data)).details;
    expect(await fields({ size: { width: 3, hidden: 1 } })).toEqual([
      { field: 'size.hidden', message: 'is not a known field' },
    ]);
    expect(await fields({ size: { width: 'a' } })).toEqual([
      { field: 'size.width', message: 'width must be an integer number' },
    ]);
    expect(await fields({ size: 'big' })).toEqual([{ field: 'size', message: 'size must be an object, got a string' }]);
    expect(await fields({})).toEqual([{ field: 'size.width', message: 'width must be an integer number' }]);
  });

  it('gets free-form parts as they were sent, whatever their keys', async () => {
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    const meta = '{"constructor":"Ferrari","toString":1,"__proto__":{"admin":true},"then":[{"hasOwnProperty":2}]}';
    alice.raw(`{"type":"all","message_id":"m-1","data":{"id":1,"meta":${meta}}}`);
    const reply = await alice.next('ack');
    expect(JSON.stringify((reply.data.card as CardDto).meta)).toBe(meta);
  });

  // The test runner fails a test during which a rejection goes unheard.
  it('answers a frame of which two parameters fail once, and leaves no rejection unheard', async () => {
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    expect((await alice.refusal('both', { name: 'taken' })).details).toEqual([{ field: 'name', message: 'is taken' }]);
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });
});
