import { JwtService } from '@nestjs/jwt';
import { EventsService } from '../../src';
import { closeAll, failure, start } from './running';

afterEach(closeAll);

const BOARD = { room: 'board:1' };
const MINUTE = 60_000;

describe('the virtual clock of the test kit', () => {
  it('moves heartbeats: who reads stays for hours, who does not is gone within two of them', async () => {
    const { clients, clock } = await start({ clients: ['alice', 'bob'], clock: 'virtual' });
    const [alice, bob] = clients;
    let pings = 0;
    alice.ws.on('ping', () => pings++);
    await clock.advance(10 * MINUTE);
    expect(pings).toBeGreaterThanOrEqual(19);
    bob.pauseReading();
    await clock.advance(2 * MINUTE);
    await alice.settled();
    expect(alice.connected).toBe(true);
    bob.resumeReading();
    expect((await bob.closed).code).toBe(1006);
  });

  it('moves typing: who is silent for 5 s is not typing any more', async () => {
    const { clients, clock } = await start({ clients: 2, nodes: 2, clock: 'virtual' });
    const [alice, bob] = clients;
    await alice.join('board:1');
    await bob.join('board:1');
    await alice.request('typing', { ...BOARD, typing: true });
    expect(await bob.next('user_typing')).toMatchObject({ data: { user_id: 'alice', typing: true } });
    await clock.advance(4_500);
    await bob.never('user_typing');
    await clock.advance(750);
    expect(await bob.next('user_typing')).toMatchObject({ data: { user_id: 'alice', typing: false } });
  });

  it('moves the expiry of tokens: who is told and does not renew is closed with 4001, and comes back with a new one', async () => {
    const { clients, clock } = await start({
      clients: [{ id: 'alice', expiresInMs: 10 * MINUTE }, 'bob'],
      clock: 'virtual',
    });
    const [alice, bob] = clients;
    await clock.advance(8 * MINUTE);
    await alice.never('auth_expiring');
    await clock.advance(MINUTE + 1_000);
    await alice.next('auth_expiring');
    await clock.advance(MINUTE);
    expect(await alice.closed).toMatchObject({ code: 4001 });
    await alice.reconnect();
    await alice.settled();
    await bob.settled();
  });

  it('refuses a token that has expired by it', async () => {
    const secret = 'a secret of an application, of more than 32 bytes';
    const jwt = new JwtService({ secret, signOptions: { issuer: 'the-application', expiresIn: 600 } });
    const kept = jwt.sign({ sub: 'alice' });
    const { clients, clock } = await start({ clients: 1, clock: 'virtual', token: () => kept });
    await clients[0].reconnect();
    await clock.advance(11 * MINUTE);
    expect(await failure(clients[0].reconnect())).toBe('Unexpected server response: 401');
  });

  it('moves the grace of presence: who is dropped is gone after it, who comes back is not', async () => {
    const { clients, clock, nodes } = await start({ clients: 3, nodes: 3, clock: 'virtual' });
    const [alice, bob, carol] = clients;
    for (const client of clients) await client.join('board:1');
    await nodes[1].kill();
    carol.drop();
    await clock.advance(14_000);
    await carol.reconnect();
    await alice.never('user_left');
    await clock.advance(2_000);
    expect(await alice.next('user_left')).toMatchObject({ data: { user_id: 'bob' } });
    await alice.never('user_left');
    expect(bob.connected).toBe(false);
  });

  it('moves the rate limit, and the time for which replies are kept', async () => {
    const { clients, clock } = await start({ clients: 1, clock: 'virtual', limited: true });
    const [alice] = clients;
    await alice.join('board:1');
    const move = () => alice.request('move_card', { card: 'one' }, 'the-same');
    await move();
    await move();
    await alice.next('card.moved');
    await alice.never('card.moved');
    for (let i = 0; i < 20; i++) alice.send('ping');
    await alice.next('error', ({ data }) => data.code === 'rate_limited');
    await clock.advance(6 * MINUTE);
    await move();
    await alice.next('card.moved');
  });

  it('leaves the time of the process as it is', async () => {
    const before = Date.now();
    const { clients, clock, nodes } = await start({ clients: 1, clock: 'virtual' });
    await clients[0].join('board:1');
    const moved = clock.now();
    await clock.advance(50 * MINUTE + 1);
    expect(clock.now() - moved).toBe(50 * MINUTE + 1);
    await nodes[0].get(EventsService).emit('card.moved', { card: 'one' }, BOARD);
    const { timestamp } = await clients[0].next('card.moved');
    expect(Date.parse(timestamp) - before).toBeLessThan(30 * MINUTE);
  });

  it('does not go back, nor is it there unless it was asked for', async () => {
    const { clock } = await start({ clock: 'virtual' });
    await expect(async () => clock.advance(-1)).rejects.toThrow('clock.advance: time goes on, by 0 ms or more; got -1');
    const test = await start();
    expect(await failure(Promise.resolve().then(() => test.clock))).toBe(
      "This test runs by the system's clock. Try realtimeTest({ clock: 'virtual' }).",
    );
  });
});
