import { ParseIntPipe } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsInt, IsOptional, IsString, MaxLength } from 'class-validator';
import supertest from 'supertest';
import { AsyncApi, AsyncApiDocument } from '../../src/features/asyncapi';
import { IsRoomName, RealtimeGateway, ReplyType, Unauthenticated } from '../../src';
import { ReadAsyncApi } from '../support/asyncapi';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';

/** The parser takes its time. */
jest.setTimeout(60_000);

afterEach(stopAll);

class MoveCardDto {
  @IsRoomName()
  room!: string;

  @IsInt()
  card!: number;
}

class CardDto {
  @IsInt()
  id!: number;

  @IsString()
  @MaxLength(20)
  column!: string;
}

class FilterDto {
  @IsOptional()
  @IsString()
  text?: string;
}

@RealtimeGateway()
class CardsGateway {
  @ReplyType('card_moved', CardDto)
  @SubscribeMessage('move_card')
  move(@MessageBody() { card }: MoveCardDto) {
    return { event: 'card_moved', data: { id: card, column: 'done' } };
  }

  @ReplyType('cards_found', { type: 'object', properties: { cards: { type: 'array' } } })
  @ReplyType('error')
  @SubscribeMessage('find_cards')
  find(@MessageBody() _filter: FilterDto) {
    return { event: 'cards_found', data: { cards: [] } };
  }

  @ReplyType('ack', CardDto)
  @SubscribeMessage('cards:get')
  get(@MessageBody('id', ParseIntPipe) id: number, @MessageBody('card') card: CardDto) {
    return { ...card, id };
  }

  @Unauthenticated()
  @SubscribeMessage('hello')
  hello() {}
}

const ASYNCAPI = '/api/v1/websocket/asyncapi.json';

async function documentOf(options: RealtimeTestOptions = {}): Promise<ReadAsyncApi> {
  return new ReadAsyncApi((await realtime(options)).app.get(AsyncApi).document);
}

describe('the AsyncAPI document', () => {
  it('is served to anybody, unless it is switched off', async () => {
    const { app } = await realtime();
    const answer = await supertest(app.getHttpServer() as never)
      .get(ASYNCAPI)
      .expect(200);
    expect(answer.body).toEqual(app.get(AsyncApi).document);
    const off = await realtime({ asyncapi: { serve: false } });
    await supertest(off.app.getHttpServer() as never)
      .get(ASYNCAPI)
      .expect(404);
  });

  it("has the host's commands, what they take, and what they answer", async () => {
    const told = await documentOf({ host: { providers: [CardsGateway] } });
    expect(await told.problems()).toEqual([]);
    const frame = (type: string, data?: unknown) => ({ type, data, message_id: 'm-1' });
    const takes = (type: string, data?: unknown) => !told.wrong(`client.${type.replace(':', '_')}`, frame(type, data));
    expect(takes('move_card', { room: 'board:1', card: 7 })).toBe(true);
    expect(takes('move_card', { room: 'board 1', card: 7 })).toBe(false);
    expect(takes('move_card', { room: 'board:1', card: 7, hidden: 1 })).toBe(false);
    expect(takes('move_card')).toBe(false);
    expect(takes('find_cards')).toBe(true);
    expect(takes('find_cards', { text: 7 })).toBe(false);
    expect(takes('cards:get', { id: '7', card: { id: 7, column: 'done' } })).toBe(true);
    expect(takes('cards:get', { id: '7' })).toBe(false);
    expect(takes('hello', { any: 'thing' })).toBe(true);
    expect(told.replies('move_card')).toEqual(['card_moved', 'error']);
    expect(told.replies('find_cards')).toEqual(['cards_found', 'error']);
    expect(told.replies('cards_get')).toEqual(['ack.cards_get', 'error']);
    expect(told.replies('hello')).toEqual(['ack', 'error']);
  });

  it('describes the frames that come', async () => {
    const { app, connect } = await realtime({ host: { providers: [CardsGateway] } });
    const told = new ReadAsyncApi(app.get(AsyncApi).document);
    const alice = await connect('alice');
    const moved = await alice.request('move_card', { room: 'board:1', card: 7 });
    expect(told.wrong('server.card_moved', moved)).toBe('');
    expect(told.wrong('server.card_moved', { ...moved, data: { id: 7, column: 8 } })).not.toBe('');
  });

  it('asks for a credential, but where none is needed', async () => {
    const told = await documentOf({ host: { providers: [CardsGateway] } });
    const open = Object.entries(told.parts.operations).filter(([, { security }]) => !security);
    expect(open.map(([key]) => key).sort()).toEqual(['receive.authenticate', 'receive.hello', 'receive.ping', 'send']);
  });

  it("has the host's events, under the names they have on the wire", async () => {
    const events = { 'card.moved': CardDto, 'card.lost': { type: 'object' } } as const;
    const told = await documentOf({ asyncapi: { events } });
    expect(await told.problems()).toEqual([]);
    const frame = {
      type: 'card.moved',
      data: { id: 1, column: 'done' },
      message_id: 'm',
      timestamp: '2027-02-01T09:00:00.120Z',
    };
    const publication = { ...frame, room: 'board:1', offset: 1 };
    expect(told.wrong('server.card.moved', publication)).toBe('');
    expect(told.wrong('server.card.moved', { ...publication, data: { id: 'x' } })).not.toBe('');
    expect(told.types('server')).toEqual(expect.arrayContaining(['card.moved', 'card.lost', 'event']));
    const snake = await documentOf({ asyncapi: { events }, events: { naming: 'snake' } });
    expect(snake.types('server')).toEqual(expect.arrayContaining(['card_moved', 'card_lost', 'event']));
  });

  it('has the address, and the title, version and server that are given', async () => {
    const url = 'wss://example.com/realtime';
    const told = await documentOf({ path: '/live', asyncapi: { title: 'Cards', version: '2.1.0', url } });
    expect(await told.problems()).toEqual([]);
    expect(told.document.info).toMatchObject({ title: 'Cards', version: '2.1.0' });
    expect(told.parts.channels.realtime.address).toBe('/live');
    expect((told.document as { servers?: object }).servers).toMatchObject({
      main: { host: 'example.com', protocol: 'wss', pathname: '/realtime' },
    });
  });

  it('is not made of what does not fit, and says so at boot', async () => {
    class Bare {}
    const failing: [RealtimeTestOptions['asyncapi'], RegExp][] = [
      [{ url: 'https://example.com' }, /asyncapi.url must begin with ws:\/\/ or wss:\/\/.*Try 'wss:\/\/example.com'/],
      [{ events: { card: CardDto } }, /asyncapi.events\['card'\] must be noun.verb/],
      [{ events: { 'card.moved': Bare } }, /asyncapi.events\['card.moved'\] is a class without validation decorators/],
    ];
    for (const [asyncapi, problem] of failing) await expect(realtime({ asyncapi })).rejects.toThrow(problem);
  });

  it('fails its reader where it is broken', async () => {
    const { document } = await documentOf();
    const broken = { ...document, operations: { x: { action: 'dance' } } } as AsyncApiDocument;
    expect(await new ReadAsyncApi(broken).problems()).not.toEqual([]);
  });
});
