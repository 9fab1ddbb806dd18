import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { RealtimeClientError, type StateChange } from '../../src/client';
import { Connection, RealtimeError, RealtimeGateway } from '../../src';
import { Gate } from '../support/gate';
import { HostileProxy, stopHostileProxies } from '../support/hostile-proxy';
import { realtime, stopAll } from '../support/realtime';
import { closeClients, sdk, signal } from '../support/sdk';
import { until } from '../support/until';

afterEach(async () => {
  await closeClients();
  await stopHostileProxies();
  await stopAll();
});

class CardDto {
  card!: number;
}

let gate = new Gate();
let moved: number[] = [];

@RealtimeGateway()
class CardsGateway {
  @SubscribeMessage('move_card')
  async move(@ConnectedSocket() _: Connection, @MessageBody() { card }: CardDto) {
    moved.push(card);
    await gate.pass();
    return { event: 'card_moved', data: { card } };
  }

  @SubscribeMessage('fail')
  fail(): never {
    throw new RealtimeError('unavailable', 'Later.', { retryAfterMs: 70 });
  }
}

async function cards(options: Parameters<typeof realtime>[0] = {}) {
  gate = new Gate();
  moved = [];
  const server = await realtime({ ...options, host: { providers: [CardsGateway] } });
  const proxy = await HostileProxy.to(server.port);
  return { server, proxy };
}

describe('a request', () => {
  it('resolves with what the reply says', async () => {
    const { proxy } = await cards();
    gate.open();
    expect(await sdk(proxy, 'alice').request('move_card', { card: 1 })).toEqual({ card: 1 });
  });

  it('fails with the code of the server, and whether and when to try again', async () => {
    const { proxy } = await cards();
    const client = sdk(proxy, 'alice');
    const error: unknown = await client.request('fail').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RealtimeClientError);
    expect(error).toMatchObject({ code: 'unavailable', message: 'Later.', retryable: true, retryAfterMs: 70 });
    await expect(client.request('dance')).rejects.toMatchObject({ code: 'unknown_type', retryable: false });
    await expect(client.request('leave_room', { room: 7 })).rejects.toMatchObject({
      code: 'validation_failed',
      details: [{ field: 'room' }],
    });
  });

  it('whose connection is lost is sent again over the next one, and executed once', async () => {
    const { proxy } = await cards();
    const client = sdk(proxy, 'alice');
    const reply = client.request('move_card', { card: 1 });
    await until(() => gate.arrived === 1, 'the command');
    proxy.drop();
    await signal(client, 'reconnecting');
    await signal(client, 'connected');
    gate.open();
    expect(await reply).toEqual({ card: 1 });
    expect(moved).toEqual([1]);
  });

  it('that is not answered in time fails, and is executed once when it is asked again with its id', async () => {
    const { proxy } = await cards();
    const client = sdk(proxy, 'alice');
    const late = client.request('move_card', { card: 1 }, { timeoutMs: 50 });
    const error = (await late.catch((caught: unknown) => caught)) as RealtimeClientError;
    expect(error).toMatchObject({ code: 'timeout', retryable: true });
    gate.open();
    expect(await client.request('move_card', { card: 1 }, { messageId: error.messageId })).toEqual({ card: 1 });
    expect(moved).toEqual([1]);
  });

  it('fails when the client is closed, now and from then on', async () => {
    const { proxy } = await cards();
    const client = sdk(proxy, 'alice');
    const reply = client.request('move_card', { card: 1 });
    const failed = expect(reply).rejects.toMatchObject({ code: 'closed', retryable: false });
    await until(() => gate.arrived === 1, 'the command');
    await client.close();
    await failed;
    await expect(client.request('ping')).rejects.toMatchObject({ code: 'closed' });
    gate.open();
  });

  it('the server would end the connection for is not sent', async () => {
    const server = await realtime({ connections: { maxMessageBytes: 1_000 } });
    const client = sdk(server, 'alice');
    await client.connect();
    await expect(client.request('echo', { text: '€'.repeat(400) })).rejects.toMatchObject({
      code: 'payload_too_large',
    });
    expect(await client.request('echo', { text: 'x'.repeat(400) })).toEqual({ text: 'x'.repeat(400) });
  });

  it('that waits for a connection and is too large for it fails alone', async () => {
    const server = await realtime({ connections: { maxMessageBytes: 1_000 } });
    const client = sdk(server, 'alice');
    const before = client.request('echo', { n: 1 });
    const large = client.request('echo', { text: 'x'.repeat(1_000) });
    const after = client.request('echo', { n: 2 });
    const refused = expect(large).rejects.toMatchObject({ code: 'payload_too_large' });
    await client.connect();
    await refused;
    expect([await before, await after, client.state]).toEqual([{ n: 1 }, { n: 2 }, 'connected']);
  });

  it('goes no faster than the server takes it', async () => {
    const server = await realtime({ limited: true, rateLimit: { perSecond: 100, burst: 10 } });
    const client = sdk(server, 'alice', { rate: { perSecond: 100, burst: 8 } });
    const replies = await Promise.all(Array.from({ length: 60 }, (_, n) => client.request('echo', { n })));
    expect(replies.map(({ n }) => n)).toEqual(Array.from({ length: 60 }, (_, n) => n));
  });

  it('the server takes for too fast is sent again when it said, before those behind it', async () => {
    const server = await realtime({ limited: true, rateLimit: { perSecond: 50, burst: 2 } });
    const client = sdk(server, 'alice', { rate: { perSecond: 50, burst: 4 } });
    const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => client.request('echo', { n })));
    expect(replies.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});

describe('without a connection', () => {
  it('requests wait, in order, behind the rooms they need', async () => {
    const { server, proxy } = await cards();
    const client = sdk(proxy, 'alice');
    const room = client.room('chat:lobby');
    const said: string[] = [];
    room.on('chat', ({ text }) => said.push(text));
    await room.join();
    proxy.refuse();
    proxy.drop();
    await signal(client, 'reconnecting');
    const replies = ['one', 'two', 'three'].map((text) => room.chat.send(text));
    proxy.heal();
    expect((await Promise.all(replies)).map(({ offset }) => offset)).toEqual([1, 2, 3]);
    await until(() => said.length === 3, 'what was said');
    expect([said, (await server.rooms.count({ room: 'chat:lobby' })).connections]).toEqual([
      ['one', 'two', 'three'],
      1,
    ]);
  });

  it('no more of them wait than were allowed to', async () => {
    const { proxy } = await cards();
    const client = sdk(proxy, 'alice', { offlineQueue: 2 });
    const replies = [1, 2, 3].map((n) => client.request('echo', { n }));
    await expect(replies[2]).rejects.toMatchObject({ code: 'queue_full', retryable: true });
    expect(await Promise.all(replies.slice(0, 2))).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('none waits where none may', async () => {
    const { proxy } = await cards();
    const client = sdk(proxy, 'alice', { offlineQueue: 0 });
    await expect(client.request('ping')).rejects.toMatchObject({ code: 'offline', retryable: true });
    await client.connect();
    expect(await client.request('ping')).toEqual({});
  });

  it('a request waits no longer than it may', async () => {
    const { proxy } = await cards();
    proxy.refuse();
    const client = sdk(proxy, 'alice');
    await expect(client.request('ping', {}, { timeoutMs: 40 })).rejects.toMatchObject({ code: 'timeout' });
    // The client goes on, and may not know yet that its first attempt was refused.
    await until(() => client.state === 'reconnecting', 'another attempt to connect');
  });

  it('a request fails when the client cannot ever connect', async () => {
    const { server } = await cards();
    const client = sdk(server, 'alice', { token: () => 'no.good' });
    const closed = signal<StateChange>(client, 'closed');
    await expect(client.request('ping')).rejects.toMatchObject({ code: 'closed' });
    expect((await closed).code).toBe(1006);
  });
});
