import { join } from 'node:path';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { channelsAs } from '../support/channels';
import type { TestClient } from '../support/client';
import { temporaryDirectory } from '../support/program';
import { Proxy, stopProxies } from '../support/proxy';
import { Realtime, stopAll } from '../support/realtime';
import { nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';

const ROOM = 'channel:den';
const directory = temporaryDirectory();
let server: RedisServer;
let files = 0;
let said = 0;

beforeAll(async () => {
  server = await RedisServer.start();
});

afterEach(async () => {
  await stopAll();
  stopProxies();
});

afterAll(stopRedis);

const enter = (client: TestClient) => client.request('join_room', { room: ROOM });
const say = (client: TestClient) => client.request('chat', { room: ROOM, text: 'hi' }, `say-${++said}`);

/** A channel of owen's, on two nodes with one database; alice is in it, at the second. */
async function den(channel: object = {}, url = server.url) {
  const file = join(directory, `${++files}.sqlite`);
  const [one, two] = await Promise.all(
    [server.url, url].map((each) =>
      nodesOn([each], { storage: new SqliteStorage({ file, shared: true }) }, `den${files}:`),
    ),
  ).then((nodes) => nodes.flat());
  const owen = channelsAs(one, 'owen');
  expect(await owen('POST', '', { id: 'den', name: 'The den', ...channel })).toMatchObject({ status: 201 });
  await owen('POST', '/den/members', { user_id: 'alice' });
  const alice = await two.connect('alice');
  expect((await enter(alice)).type).toBe('room_joined');
  expect((await say(alice)).type).toBe('ack');
  await alice.next('chat');
  return { one, two, owen, alice, elsewhere: channelsAs(two, 'owen') };
}

describe('a channel on two nodes', () => {
  it('takes a banned user out at once, on the other node, too', async () => {
    const { owen, alice } = await den();
    expect((await owen('PUT', '/den/bans/alice', { reason: 'spam' })).status).toBe(204);
    // The ban is told to all nodes before it is answered: nothing is waited for here.
    expect((await say(alice)).data.code).toBe('banned');
    const { data } = await alice.next('room_left');
    expect(data).toEqual({ room: ROOM, code: 'banned', message: 'You are banned from this channel: spam' });
    expect((await enter(alice)).data.code).toBe('banned');
    expect((await owen('DELETE', '/den/bans/alice')).status).toBe(204);
    expect((await enter(alice)).type).toBe('room_joined');
    expect((await say(alice)).type).toBe('ack');
  });

  it('cannot ban an administrator who is connected to the other node', async () => {
    const { owen, two } = await den();
    const root = await two.connect('root', { roles: ['admin'] });
    expect((await enter(root)).type).toBe('room_joined');
    for (const [method, path] of [
      ['PUT', '/den/bans/root'],
      ['DELETE', '/den/members/root'],
    ]) {
      expect(await owen(method, path, {})).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    expect((await say(root)).type).toBe('ack');
  });

  it('leaves an administrator in whom a node banned that could not ask', async () => {
    const proxy = await Proxy.to(server.port);
    const { owen, elsewhere, two } = await den({}, proxy.url);
    const [root, bob] = [await two.connect('root', { roles: ['admin'] }), await two.connect('bob')];
    for (const client of [root, bob]) await enter(client);
    proxy.cut();
    for (const user of ['root', 'bob']) expect((await owen('PUT', `/den/bans/${user}`, {})).status).toBe(204);
    proxy.heal();
    expect((await bob.next('room_left')).data).toMatchObject({ room: ROOM, code: 'banned' });
    expect((await say(root)).type).toBe('ack');
    expect((await elsewhere('GET', '/den/bans')).body).toMatchObject({
      bans: [{ user_id: 'bob' }, { user_id: 'root' }],
    });
  });

  it('takes a removed member out at once', async () => {
    const { owen, alice } = await den({ visibility: 'private' });
    expect((await owen('DELETE', '/den/members/alice')).status).toBe(204);
    expect((await say(alice)).data.code).toBe('not_found');
    expect((await alice.next('room_left')).data).toMatchObject({ room: ROOM, code: 'forbidden' });
    expect((await enter(alice)).data.code).toBe('not_found');
  });

  it('takes everybody out when it is deleted', async () => {
    const { owen, alice } = await den();
    expect((await owen('DELETE', '/den')).status).toBe(204);
    expect((await alice.refusal('chat', { room: ROOM, text: 'hi' })).code).toBe('not_found');
    expect((await alice.next('room_left')).data).toMatchObject({ room: ROOM, code: 'not_found' });
  });

  it('has its new password and its new name everywhere, at once', async () => {
    const { one, two, owen, elsewhere } = await den({ visibility: 'password', password: 'open sesame' });
    const joinAt = async (node: Realtime, user: string, password: string) =>
      channelsAs(node, user)('POST', '/den/join', { password });
    // Both nodes know it as it is.
    for (const node of [one, two]) expect((await joinAt(node, 'carol', 'a guess')).status).toBe(403);
    expect((await elsewhere('PUT', '/den/password', { password: 'shibboleth' })).status).toBe(200);
    // What is asked is behind what was told before.
    await two.rooms.count();
    expect((await joinAt(one, 'carol', 'open sesame')).body).toMatchObject({
      message: 'This is not the password of this channel.',
    });
    expect((await joinAt(one, 'carol', 'shibboleth')).status).toBe(200);
    expect((await elsewhere('GET', '/den')).body).toMatchObject({ name: 'The den' });
    await owen('PATCH', '/den', { name: 'Renamed' });
    await one.rooms.count();
    expect((await elsewhere('GET', '/den')).body).toMatchObject({ name: 'Renamed' });
  });

  it('is as slow for somebody who is connected to both', async () => {
    const { one, alice } = await den({ slow_mode_seconds: 60 });
    const phone = await one.connect('alice');
    await enter(phone);
    for (const client of [phone, alice]) {
      const { code, retry_after_ms } = (await say(client)).data;
      expect([code, Math.ceil(Number(retry_after_ms) / 30_000)]).toEqual(['rate_limited', 2]);
    }
  });

  it('makes a moderator on the node where the user is', async () => {
    const { one, owen, alice } = await den();
    expect((await say(alice)).type).toBe('ack');
    const { id } = (await alice.next('chat')).data;
    const bob = await one.connect('bob');
    await enter(bob);
    expect((await bob.refusal('chat_delete', { room: ROOM, id })).code).toBe('forbidden');
    await owen('PUT', '/den/members/bob', { role: 'moderator' });
    expect((await bob.request('chat_delete', { room: ROOM, id })).type).toBe('ack');
    await owen('PUT', '/den/members/alice', { role: 'moderator' });
    await one.rooms.count();
    expect((await bob.request('chat', { room: ROOM, text: 'mine' })).type).toBe('ack');
    const mine = (await alice.next('chat')).data.id;
    expect((await alice.request('chat_delete', { room: ROOM, id: mine })).type).toBe('ack');
  });

  it('is looked through by a node that was cut off when somebody was banned', async () => {
    const proxy = await Proxy.to(server.port);
    const { owen, alice } = await den({ visibility: 'private' }, proxy.url);
    proxy.cut();
    expect((await owen('PUT', '/den/bans/alice', {})).status).toBe(204);
    expect(alice.unread).toEqual([]);
    proxy.heal();
    expect((await alice.next('room_left')).data).toMatchObject({ room: ROOM, code: 'banned' });
  });

  it('is looked through by the others when the node that banned somebody was cut off', async () => {
    const proxy = await Proxy.to(server.port);
    const { elsewhere, one } = await den({}, proxy.url);
    const bob = await one.connect('bob');
    await enter(bob);
    proxy.cut();
    expect((await elsewhere('PUT', '/den/bans/bob', {})).status).toBe(204);
    proxy.heal();
    expect((await bob.next('room_left')).data).toMatchObject({ room: ROOM, code: 'banned' });
  });
});
