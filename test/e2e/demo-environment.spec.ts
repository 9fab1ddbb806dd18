import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { demo, stopDemos } from '../support/demo';
import { tokenFor } from '../support/tokens';

afterEach(stopDemos);

const ORIGIN = 'https://app.example.com';

/** The status that answers an upgrade request. */
async function upgradeStatus(address: string, userId: string, origin?: string): Promise<number> {
  const ws = new WebSocket(`ws://${address}/ws`, { headers: { authorization: `Bearer ${tokenFor(userId)}` }, origin });
  ws.on('error', () => undefined);
  const [, response] = (await Promise.race([
    once(ws, 'unexpected-response'),
    once(ws, 'open').then(() => [undefined, { statusCode: 101 }]),
  ])) as [unknown, IncomingMessage];
  ws.terminate();
  return response.statusCode!;
}

describe('rooms of the demo', () => {
  it('of projects and boards can be joined when these are there', async () => {
    const { connect } = await demo();
    const alice = await connect('alice', ['project:1', 'board:1']);
    expect(await alice.refusal('join_room', { room: 'project:2' })).toMatchObject({
      code: 'not_found',
      message: 'There is no project 2.',
    });
    expect(await alice.refusal('join_room', { room: 'board:1:x' })).toMatchObject({ code: 'not_found' });
  });

  it('of any other kind are open to all', async () => {
    const { connect } = await demo();
    const alice = await connect('alice', ['chat:plants']);
    const bob = await connect('bob', ['chat:plants']);
    await alice.request('chat', { room: 'chat:plants', text: 'They look dry.' });
    expect((await bob.next('chat')).data).toMatchObject({ text: 'They look dry.', user: { id: 'alice' } });
    expect(await bob.refusal('join_room', { room: 'user:alice' })).toMatchObject({ code: 'forbidden' });
  });
});

describe('the environment of the demo', () => {
  it('bounds the connections of a user, of an address, and in all', async () => {
    const ofUser = await demo({ MAX_CONNECTIONS_PER_USER: '1' });
    await ofUser.connect('alice');
    expect(await upgradeStatus(ofUser.address, 'alice')).toBe(429);
    expect(await upgradeStatus(ofUser.address, 'bob')).toBe(101);
    const ofAddress = await demo({ MAX_CONNECTIONS_PER_ADDRESS: '1' });
    await ofAddress.connect('alice');
    expect(await upgradeStatus(ofAddress.address, 'bob')).toBe(429);
    const inAll = await demo({ MAX_CONNECTIONS: '1' });
    await inAll.connect('alice');
    expect(await upgradeStatus(inAll.address, 'bob')).toBe(503);
  });

  it('bounds the frames of a connection', async () => {
    const { connect } = await demo({ RATE_PER_SECOND: '1', RATE_BURST: '2' });
    const alice = await connect('alice');
    for (const id of ['a', 'b', 'c']) alice.send('ping', {}, id);
    expect((await alice.next('pong')).reply_to).toBe('a');
    expect((await alice.next('pong')).reply_to).toBe('b');
    expect(await alice.next('error')).toMatchObject({ reply_to: 'c', data: { code: 'rate_limited' } });
  });

  it.each([
    ['2', { recovered: true, replayed: 2 }],
    ['1', { recovered: false, replayed: 0 }],
  ])('keeps %s events for a client that comes back', async (HISTORY_SIZE, expected) => {
    const { api, connect } = await demo({ HISTORY_SIZE });
    const alice = await connect('alice');
    const { epoch, offset } = await alice.join('project:1');
    await alice.request('leave_room', { room: 'project:1' });
    for (const title of ['one', 'two']) await api(tokenFor('alice')).post('tasks', { projectId: 1, title });
    expect(await alice.join('project:1', { epoch, offset })).toMatchObject(expected);
  });

  it('lets pages of the origins it names connect, and call the REST API', async () => {
    const { address, api } = await demo({ ORIGINS: `${ORIGIN}, http://localhost:5173` });
    expect(await upgradeStatus(address, 'alice', ORIGIN)).toBe(101);
    expect(await upgradeStatus(address, 'alice', 'https://evil.example.com')).toBe(403);
    const { headers } = await api(tokenFor('alice')).get('tasks', undefined, { origin: ORIGIN });
    expect(headers['access-control-allow-origin']).toBe(ORIGIN);
  });

  it('lets only its own pages connect when it names none', async () => {
    const { address, api } = await demo();
    expect(await upgradeStatus(address, 'alice', `http://${address}`)).toBe(101);
    expect(await upgradeStatus(address, 'alice', ORIGIN)).toBe(403);
    const { headers } = await api(tokenFor('alice')).get('tasks', undefined, { origin: ORIGIN });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});
