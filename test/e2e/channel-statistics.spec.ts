import { FastifyAdapter } from '@nestjs/platform-fastify';
import request from 'supertest';
import { Storage } from '../../src';
import { Realtime, realtime, RealtimeTestOptions, stopAll } from '../support/realtime';
import { nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';
import { tokenFor } from '../support/tokens';

const DAY_MS = 86_400_000;

afterEach(stopAll);
afterAll(stopRedis);

/** A GET under the API's prefix, as this user or nobody. */
function ask({ app }: Realtime, path: string, userId?: string, roles?: string[]): request.Test {
  const asked = request(app.getHttpServer() as never).get(`/api/v1/websocket${path}`);
  return userId === undefined ? asked : asked.set('authorization', `Bearer ${tokenFor(userId, { roles })}`);
}

async function make(server: Realtime, channel: object): Promise<void> {
  const asked = request(server.app.getHttpServer() as never).post('/api/v1/websocket/channels');
  await asked
    .set('authorization', `Bearer ${tokenFor('alice')}`)
    .send(channel)
    .expect(201);
}

/** Alice's public den and private attic; bob is in the den, and both talk there. */
async function den(options: RealtimeTestOptions = {}): Promise<Realtime> {
  const server = await realtime(options);
  await make(server, { id: 'den', name: 'Den' });
  await make(server, { id: 'attic', name: 'Attic', visibility: 'private' });
  const [alice, phone, bob] = [
    await server.connect('alice'),
    await server.connect('alice'),
    await server.connect('bob'),
  ];
  for (const client of [alice, phone, bob]) await client.join('channel:den');
  for (const client of [alice, bob]) await client.request('chat', { room: 'channel:den', text: 'a secret' });
  return server;
}

/** Lets all messages have been said so many days earlier. */
async function age(server: Realtime, days: number): Promise<void> {
  await server.app.get(Storage).write((trx) =>
    trx
      .updateTable('chat_messages')
      .set(({ eb }) => ({ sent_at: eb('sent_at', '-', days * DAY_MS) }))
      .execute(),
  );
}

const dateOf = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);

describe.each([
  ['Express', () => ({})],
  ['Fastify', () => ({ http: new FastifyAdapter(), admin: {} })],
])('the statistics of a channel on %s', (_name, options) => {
  it('count its members, who is there, and what was said when; not what', async () => {
    const server = await den(options());
    await age(server, 2);
    const carol = await server.connect('carol');
    await carol.join('channel:den');
    const { message_id } = await carol.request('chat', { room: 'channel:den', text: 'hi' });
    expect(message_id).toEqual(expect.any(String));
    const told = await ask(server, '/channels/den/stats', 'bob').expect(200);
    expect(told.body).toEqual({
      ...{ id: 'den', room: 'channel:den', members: 3, online: 3, messages: 3 },
      last_message_at: expect.stringMatching(/^\d{4}-.+Z$/) as string,
      per_day: [
        { date: dateOf(0), messages: 1 },
        { date: dateOf(2), messages: 2 },
      ],
    });
  });

  it('are of nothing in a channel where nothing was said', async () => {
    const server = await den(options());
    const told = await ask(server, '/channels/attic/stats', 'alice').expect(200);
    const nothing = { members: 1, online: 0, messages: 0, last_message_at: null, per_day: [] };
    expect(told.body).toEqual({ id: 'attic', room: 'channel:attic', ...nothing });
  });
});

describe('the statistics of a channel', () => {
  it('tell of days until 30 days ago', async () => {
    const server = await den();
    await age(server, 29);
    expect((await ask(server, '/channels/den/stats', 'bob')).body).toMatchObject({
      per_day: [{ date: dateOf(29), messages: 2 }],
    });
    await age(server, 1);
    expect((await ask(server, '/channels/den/stats', 'bob')).body).toMatchObject({ messages: 2, per_day: [] });
  });

  it('are for those who may read it: of a public one all who are not banned, of others members and admins', async () => {
    const server = await den();
    await ask(server, '/channels/den/stats', 'carol').expect(200);
    await ask(server, '/channels/attic/stats', 'alice').expect(200);
    await ask(server, '/channels/attic/stats', 'root', ['admin']).expect(200);
    const hidden = await ask(server, '/channels/attic/stats', 'bob').expect(404);
    expect(hidden.body).toMatchObject({ code: 'not_found' });
    const ban = request(server.app.getHttpServer() as never).put('/api/v1/websocket/channels/den/bans/bob');
    await ban
      .set('authorization', `Bearer ${tokenFor('alice')}`)
      .send({})
      .expect(204);
    expect((await ask(server, '/channels/den/stats', 'bob').expect(403)).body).toMatchObject({ code: 'banned' });
    const nobody = await ask(server, '/channels/den/stats').expect(401);
    expect(nobody.headers['www-authenticate']).toBe('Bearer');
  });

  it.each(['none', 'a%00b', 'x'.repeat(300), '__proto__', "x')%3B%20--"])('are 404 of the id %j', async (id) => {
    const server = await realtime();
    expect((await ask(server, `/channels/${id}/stats`, 'alice').expect(404)).body).toMatchObject({ code: 'not_found' });
  });

  it('are of all nodes', async () => {
    const redis = await RedisServer.start();
    const [one, two] = await nodesOn([redis.url, redis.url]);
    for (const server of [one, two]) await make(server, { id: 'den', name: 'Den' });
    await (await one.connect('alice')).join('channel:den');
    await (await two.connect('bob')).join('channel:den');
    expect((await ask(one, '/channels/den/stats', 'alice').expect(200)).body).toMatchObject({ online: 2 });
  });
});

describe("the admin API's statistics of a channel's room", () => {
  const prefix = '/api/v1/websocket/ops';

  it('are those its members see, also of a private one', async () => {
    const server = await den({ admin: { prefix } });
    for (const id of ['den', 'attic']) {
      const told = await ask(server, `/ops/rooms/channel:${id}/stats`, 'root', ['admin']).expect(200);
      expect(told.body).toEqual((await ask(server, `/channels/${id}/stats`, 'alice')).body);
    }
  });

  it('are refused to others, and not there of other rooms', async () => {
    const server = await den({ admin: { prefix } });
    await ask(server, '/ops/rooms/channel:den/stats').expect(401);
    await ask(server, '/ops/rooms/channel:den/stats', 'alice').expect(403);
    await ask(server, '/ops/rooms/%21/stats', 'root', ['admin']).expect(400);
    for (const room of ['channel:none', 'project:1', 'channel', 'user:alice']) {
      const told = await ask(server, `/ops/rooms/${room}/stats`, 'root', ['admin']).expect(404);
      expect(told.body).toMatchObject({ code: 'not_found' });
    }
  });
});
