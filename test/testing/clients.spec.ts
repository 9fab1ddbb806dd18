import { generateKeyPairSync } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { EventsService, RealtimeModule, RealtimeCounters } from '../../src';
import { closeAll, failure, start } from './running';

afterEach(closeAll);

const BOARD = { room: 'board:1' };

describe('the clients of the test kit', () => {
  it('are users of the application, on nodes that share what is said', async () => {
    const { clients, nodes } = await start({ clients: 2, nodes: 2 });
    const [alice, bob] = clients;
    await alice.join('board:1');
    await bob.join('board:1');
    expect(await alice.request('move_card', { card: 'one' })).toMatchObject({ type: 'card_moved' });
    expect(await bob.next('card.moved')).toMatchObject({ data: { card: 'one', by: 'alice' }, offset: 1 });
    await nodes[1].get(EventsService).emit('card.moved', { card: 'two' }, BOARD);
    expect(await alice.next('card.moved', ({ data }) => data.card === 'two')).toMatchObject({ offset: 2 });
    expect(await alice.next('user_joined')).toMatchObject({ data: { user_id: 'bob', name: 'bob' } });
    expect(nodes[0].url).not.toBe(nodes[1].url);
  });

  it('have the roles, the name and the query that they are given', async () => {
    const test = await start({ clients: ['alice', { id: 'root', roles: ['admin'] }] });
    const { clients } = test;
    expect(await clients[0].refusal('join_room', { room: 'secret:1' })).toMatchObject({ code: 'forbidden' });
    expect(await clients[1].join('secret:1')).toMatchObject({ room: 'secret:1' });
    const carol = await test.connect({ id: 'carol', name: 'Carol', query: '?board_id=1&room=secret:1' });
    expect(await carol.next('room_joined')).toMatchObject({ data: { room: 'board:1' } });
    expect(await carol.next('error')).toMatchObject({ data: { code: 'forbidden' } });
    await clients[0].join('board:1');
    await carol.request('typing', { ...BOARD, typing: true });
    expect(await clients[0].next('user_typing')).toMatchObject({ data: { name: 'Carol' } });
  });

  it('show a token of their own where the application does not verify with a secret', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const auth = { publicKey, algorithms: ['ES256' as const] };
    const imports = [RealtimeModule.forRoot({ auth, policy: 'open' })];
    expect(await failure(start({ imports, clients: 1 }))).toBe(
      'realtimeTest: only `auth.secret` can sign tokens, and the application has another way. ' +
        'Try realtimeTest({ token: (user) => … }), which returns the credential of a user.',
    );
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const jwt = new JwtService({ privateKey: pem, signOptions: { algorithm: 'ES256', expiresIn: 60 } });
    const { clients } = await start({ imports, clients: 1, token: ({ id }) => jwt.sign({ sub: id }) });
    expect((await clients[0].request('status')).data).toMatchObject({ user_id: 'alice' });
  });

  it('say what they waited for, how long, and what came instead', async () => {
    const { clients } = await start({ clients: ['alice'] });
    const [alice] = clients;
    await alice.join('board:1');
    alice.patienceMs = 50;
    expect(await failure(alice.next('card.moved'))).toBe(
      'alice waited 50 ms for a frame "card.moved". What came instead: nothing',
    );
    for (const card of ['1', '2', '3', '4', '5', 'x'.repeat(1000)]) await alice.request('move_card', { card });
    expect(await failure(alice.next('card.moved', ({ data }) => data.card === '7'))).toBe(
      [
        'alice waited 50 ms for a frame "card.moved" of which the condition holds. What came instead after 1 others: ',
        ...['2', '3', '4', '5'].map((card) => `  card.moved in board:1 at ${card} {"card":"${card}","by":"alice"}`),
        `  card.moved in board:1 at 6 {"card":"${'x'.repeat(151)}…`,
      ].join('\n'),
    );
  });

  it('say at once that nothing more comes when the connection is closed, and with what', async () => {
    const { clients } = await start({ clients: ['alice'] });
    const [alice] = clients;
    const late = failure(alice.next('card.moved'));
    for (let i = 0; i < 5; i++) alice.raw('no frame');
    const text = 'alice waited for a frame "card.moved", but the connection closed with 4500';
    expect(await late).toContain(text);
    expect(await failure(alice.next('card.moved'))).toContain(text);
    expect(await alice.closed).toMatchObject({ code: 4500 });
  });

  it('see to it that something did not come, without a pause', async () => {
    const { clients, nodes } = await start({ clients: 2, nodes: 2 });
    const [alice, bob] = clients;
    await bob.join('board:1');
    await nodes[0].get(EventsService).emit('card.moved', { card: 'one' }, BOARD);
    await alice.never('card.moved');
    await bob.never('card.moved', ({ data }) => data.card === 'two');
    expect(await failure(bob.never('card.moved'))).toBe(
      'bob should not have got card.moved in board:1 at 1 {"card":"one"}',
    );
  });

  it('may wait for several frames at once, which may come in one turn', async () => {
    const { clients } = await start({ clients: 1 });
    const [alice] = clients;
    const both = Promise.all([alice.next('pong'), alice.next('pong')]);
    for (const n of [1, 2]) alice.send('ping', { n });
    expect((await both).map(({ data }) => data.n)).toEqual([1, 2]);
    expect(alice.unread).toEqual([]);
  });

  it('come back after a drop, to another node too, and are shown what they missed', async () => {
    const { clients, nodes } = await start({ clients: 1, nodes: 2 });
    const [alice] = clients;
    await alice.join('board:1');
    await alice.request('move_card', { card: 'one' });
    alice.drop();
    expect(await alice.closed).toEqual({ code: 1006, reason: '' });
    await nodes[0].get(EventsService).emit('card.moved', { card: 'two' }, BOARD);
    expect(await alice.reconnect(nodes[1])).toMatchObject([
      { room: 'board:1', recovered: true, replayed: 1, offset: 2 },
    ]);
    await alice.next('card.moved', ({ data }) => data.card === 'two');
    expect(alice.rooms.get('board:1')!.shown.map(({ offset }) => offset)).toEqual([1, 2]);
  });

  it('read slowly, as slowly as not at all, until the server has enough of it', async () => {
    const { clients, nodes } = await start({ clients: 2 });
    const [slow, alice] = clients;
    await Promise.all([slow.join('board:1'), alice.join('board:1')]);
    slow.pauseReading();
    const events = nodes[0].get(EventsService);
    const card = 'x'.repeat(64 * 1024);
    let end = 0;
    while (nodes[0].get(RealtimeCounters).slowConsumers === 0) {
      end = (await events.emit('card.moved', { card }, BOARD)).offset;
      await alice.next('card.moved');
    }
    slow.resumeReading();
    expect(await slow.closed).toMatchObject({ code: 4008 });
    expect(await slow.reconnect()).toMatchObject([{ recovered: true, offset: end }]);
    await slow.next('card.moved', ({ offset }) => offset === end);
  });
});
