import { ConnectedSocket, SubscribeMessage } from '@nestjs/websockets';
import { Connection, RealtimeGateway } from '../../src';
import { scrape } from '../support/prometheus';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

describe('the labels of metrics', () => {
  it('are bounded, whatever clients send', async () => {
    const clientEvents = Array.from({ length: 300 }, (_, n) => `evil.event${n}`);
    const node = await realtime({ errorBudget: { malformedFrames: 1000 }, metrics: {}, clientEvents });
    const alice = await node.connect('alice', { roles: ['admin'] });
    await alice.join('project:1');
    for (let n = 0; n < 300; n++) {
      alice.send(`made_up_${n}`, {});
      alice.send('broadcast', { room: 'project:1', event: `evil.event${n}`, data: {} });
      alice.raw('{"type":"__proto__"}');
    }
    alice.raw('{"type":"a\\"b}\\n# TYPE x counter\\n","data":{}}');
    alice.raw('no JSON');
    await alice.settled();
    const { families, value } = await scrape(node);
    const text = JSON.stringify([...families]);
    expect(text).not.toMatch(/made_up|evil|__proto__|# TYPE x/);
    expect(value('realtime_frames_received_total{type="other"}')).toBe(602);
    expect(value('realtime_frames_received_total{type="broadcast"}')).toBe(300);
    expect(value('realtime_frames_sent_total{type="other"}')).toBe(300);
    const series = [...families.values()].reduce((sum, { samples }) => sum + samples.length, 0);
    expect(series).toBeLessThan(250);
  });

  it('are bounded, whatever the application emits', async () => {
    const node = await realtime({ metrics: {} });
    const alice = await node.connect('alice');
    await alice.join('project:1');
    for (let n = 0; n < 500; n++) await node.events.emit(`event.n${n}`, {}, { room: 'project:1' });
    await alice.settled();
    const { families, value } = await scrape(node);
    expect(families.get('realtime_frames_sent_total')!.samples.length).toBeLessThan(250);
    expect(value('realtime_frames_sent_total{type="event.n0"}')).toBe(1);
    expect(value('realtime_frames_sent_total{type="other"}')).toBe(300);
  });

  it('name the types the application says it has', async () => {
    @RealtimeGateway()
    class Cards {
      @SubscribeMessage('move_card')
      move(@ConnectedSocket() _: Connection) {
        return { event: 'card_moved', data: {} };
      }
    }
    const node = await realtime({ host: { providers: [Cards] }, metrics: { types: ['card_moved'] } });
    const alice = await node.connect('alice');
    await alice.request('move_card');
    const { value } = await scrape(node);
    expect(value('realtime_frames_received_total{type="move_card"}')).toBe(1);
    expect(value('realtime_frames_sent_total{type="card_moved"}')).toBe(1);
  });
});
