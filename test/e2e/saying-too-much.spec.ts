import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { EventsService, RealtimeGateway, RequireRoom, RealtimeCounters } from '../../src';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';

afterEach(stopAll);

const KIB = 1024;
const text = 'x'.repeat(3 * KIB);
const rooms: RealtimeTestOptions['rooms'] = { senderBytesPerSecond: KIB / 2, senderBurstBytes: 8 * KIB };

@RealtimeGateway()
class PaintGateway {
  constructor(private readonly events: EventsService) {}

  @RequireRoom('publish')
  @SubscribeMessage('paint')
  async paint(@MessageBody() { room }: { room: string; text: string }) {
    await this.events.emit('wall.painted', {}, { room });
  }
}

async function joined(server: Realtime, userId: string, ...names: string[]) {
  const client = await server.connect(userId);
  for (const name of names) await client.join(name);
  return client;
}

describe('what one user says in one room', () => {
  it('is rate_limited over its bytes, with the time until it may be said', async () => {
    const server = await realtime({ rooms });
    const alice = await joined(server, 'alice', 'chat:a');
    for (let i = 0; i < 2; i++) expect((await alice.request('chat', { room: 'chat:a', text })).type).toBe('ack');
    const refusal = await alice.refusal('chat', { room: 'chat:a', text });
    expect(refusal).toMatchObject({
      code: 'rate_limited',
      message: 'Too much at once for chat:a. Slow down.',
      retryable: true,
    });
    expect(refusal.retry_after_ms).toBeGreaterThan(500);
    expect(refusal.retry_after_ms).toBeLessThanOrEqual(2800);
    expect(server.app.get(RealtimeCounters).rateLimited).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, refusal.retry_after_ms));
    expect((await alice.request('chat', { room: 'chat:a', text })).type).toBe('ack');
  });

  it('counts over all its connections, and over all it can say: chat, broadcast, and what the host takes', async () => {
    const server = await realtime({ rooms, clientEvents: ['wall.painted'], host: { providers: [PaintGateway] } });
    const one = await joined(server, 'alice', 'chat:a');
    const other = await joined(server, 'alice', 'chat:a');
    // A message_id of the same user in the same room is the same command: the two do not count in step.
    for (let i = 0; i < 9; i++) await other.settled();
    expect((await one.request('chat', { room: 'chat:a', text })).type).toBe('ack');
    expect((await other.request('paint', { room: 'chat:a', text })).type).toBe('ack');
    for (const [type, data] of [
      ['chat', { text }],
      ['broadcast', { event: 'wall.painted', data: { text } }],
      ['paint', { text }],
      ['typing', { typing: true, text }],
    ] as const) {
      expect((await one.refusal(type, { room: 'chat:a', ...data })).code).toBe('rate_limited');
    }
  });

  it('costs neither the other members nor the other rooms anything, nor what the application emits', async () => {
    const server = await realtime({ rooms });
    const alice = await joined(server, 'alice', 'chat:a', 'chat:b');
    const bob = await joined(server, 'bob', 'chat:a');
    for (let i = 0; i < 2; i++) await alice.request('chat', { room: 'chat:a', text });
    expect((await alice.refusal('chat', { room: 'chat:a', text })).code).toBe('rate_limited');
    expect((await alice.request('chat', { room: 'chat:b', text })).type).toBe('ack');
    expect((await bob.request('chat', { room: 'chat:a', text })).type).toBe('ack');
    for (let i = 0; i < 10; i++) await server.events.emit('wall.painted', { text }, { room: 'chat:a' });
    for (let i = 0; i < 10; i++) await alice.next('wall.painted');
  });
});
