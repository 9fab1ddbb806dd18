import { EventsService } from '../../src';
import { realtimeTest, RealtimeTest, RealtimeTestOptions } from '../../src/testing';
import { AppModule } from './application';

const running: RealtimeTest[] = [];

async function start(options: Partial<RealtimeTestOptions> = {}): Promise<RealtimeTest> {
  const test = await realtimeTest({ imports: [AppModule], ...options });
  running.push(test);
  return test;
}

afterEach(async () => {
  for (const test of running.splice(0)) await test.close();
});

describe('the clients of the test kit', () => {
  it('are users of the application, on real nodes that share what is said', async () => {
    const { clients, nodes } = await start({ clients: 2, nodes: 2 });
    const [alice, bob] = clients;
    await alice.join('board:1');
    await bob.join('board:1');
    expect(await alice.request('move_card', { card: 'one' })).toMatchObject({ type: 'card_moved' });
    expect(await bob.next('card.moved')).toMatchObject({ data: { card: 'one', by: 'alice' }, offset: 1 });
    await nodes[1].get(EventsService).emit('card.moved', { card: 'two' }, { room: 'board:1' });
    expect(await alice.next('card.moved', ({ data }) => data.card === 'two')).toMatchObject({ offset: 2 });
    expect(alice.frames.map(({ type }) => type)).toContain('user_joined');
    expect(nodes[0].url).not.toBe(nodes[1].url);
  });
});
