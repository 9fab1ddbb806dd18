import { join } from 'node:path';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { Storage } from '../../src';
import { channelsAs } from '../support/channels';
import type { TestClient } from '../support/client';
import { DEN, openDen, say } from '../support/den';
import { Realtime, stopAll } from '../support/realtime';
import { temporaryDirectory } from '../support/program';

afterEach(stopAll);

const SQL = `x'); drop table channels; drop table chat_messages; --`;
const LONG = 'x'.repeat(5_000);
const directory = temporaryDirectory();
let files = 0;

async function den(channel: object = {}) {
  const opened = await openDen(new SqliteStorage({ file: join(directory, `${++files}.sqlite`) }), channel);
  for (const client of [opened.alice, opened.bob]) await client.join(DEN);
  return opened;
}

/** What there is: nothing of it may have changed. */
async function everything({ app }: Realtime) {
  const { db } = app.get(Storage);
  const tables = ['channels', 'channel_members', 'channel_bans', 'chat_messages'] as const;
  return Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()));
}

async function codeOf(client: TestClient, type: string, data: object): Promise<string> {
  const reply = await client.request(type, data);
  return reply.type === 'error' ? String(reply.data.code) : reply.type;
}

describe('a command of the chat', () => {
  it('with SQL or 5,000 characters in any of its fields is refused, and changes nothing', async () => {
    const { alice, bob, server } = await den();
    const { id } = (await say(alice, 'hi')).data;
    const good: [type: string, data: Record<string, unknown>][] = [
      ['chat', { room: DEN, text: 'hi' }],
      ['chat_edit', { room: DEN, id, text: 'ho' }],
      ['chat_delete', { room: DEN, id }],
      ['chat_history', { room: DEN, before: id }],
      ['history', { room: DEN }],
      ['typing', { room: DEN, typing: true }],
      ['join_room', { room: DEN, password: 'open sesame' }],
      ['leave_room', { room: DEN }],
      ['broadcast', { room: DEN, event: 'lunch.served', data: {} }],
    ];
    const before = await everything(server);
    for (const [type, data] of good) {
      for (const field of Object.keys(data).filter((name) => typeof data[name] === 'string')) {
        for (const wrong of [SQL, LONG]) {
          // Both are text that may be said, and tried: what becomes of it is below.
          if (wrong === SQL && ['text', 'password'].includes(field)) continue;
          const code = await codeOf(alice, type, { ...data, [field]: wrong });
          expect([type, field, wrong, code]).toEqual([type, field, wrong, 'validation_failed']);
        }
      }
    }
    await bob.settled();
    expect(await everything(server)).toEqual(before);
  });

  it("with the id of somebody else's message, or of one in another room, is refused", async () => {
    const { alice, bob, server } = await den();
    const { id } = (await say(alice, 'mine')).data;
    await bob.join('chat:lobby');
    const before = await everything(server);
    for (const [room, code] of [
      [DEN, 'forbidden'],
      ['chat:lobby', 'not_found'],
    ]) {
      expect(await codeOf(bob, 'chat_edit', { room, id, text: 'yours' })).toBe(code);
      expect(await codeOf(bob, 'chat_delete', { room, id })).toBe(code);
    }
    expect(await codeOf(bob, 'chat_history', { room: 'chat:lobby', before: id })).toBe('not_found');
    expect(await everything(server)).toEqual(before);
  });

  it('says SQL as it says everything', async () => {
    const { alice, bob } = await den();
    expect((await say(alice, SQL)).type).toBe('ack');
    expect((await bob.next('chat')).data.text).toBe(SQL);
    const { messages } = (await bob.request<'chat_history'>('chat_history', { room: DEN })).data;
    expect(messages.map(({ text }) => text)).toEqual([SQL]);
  });

  it('guesses a password a hundred times, five of them a minute', async () => {
    const { server } = await den({ visibility: 'public' });
    await channelsAs(server, 'alice')('PUT', '/den/password', { password: 'open sesame' });
    const carol = await server.connect('carol');
    const codes: string[] = [];
    for (let n = 0; n < 100; n++) codes.push(await codeOf(carol, 'join_room', { room: DEN, password: `guess ${n}` }));
    expect(codes.filter((code) => code === 'password_required')).toHaveLength(5);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(95);
    expect(await codeOf(carol, 'join_room', { room: DEN, password: 'open sesame' })).toBe('rate_limited');
  });
});

describe('a route of the channels', () => {
  it('with 5,000 characters where a user or a channel is named is refused, and changes nothing', async () => {
    const { asAlice, server } = await den();
    const routes: [method: string, path: string, body: unknown][] = [
      ['PUT', `/den/members/${LONG}`, { role: 'member' }],
      ['DELETE', `/den/members/${LONG}`, undefined],
      ['PUT', `/den/bans/${LONG}`, {}],
      ['DELETE', `/den/bans/${LONG}`, undefined],
      ['GET', `?after=${LONG}`, undefined],
      ['GET', `/den/members?after=${LONG}`, undefined],
      ['GET', `/den/bans?after=${LONG}`, undefined],
    ];
    const before = await everything(server);
    for (const [method, path, body] of routes) {
      const { status, body: answer } = await asAlice(method, path, body);
      expect([method, path, status, answer.code]).toEqual([method, path, 400, 'validation_failed']);
    }
    expect((await asAlice('GET', `/${LONG}`)).status).toBe(404);
    expect(await everything(server)).toEqual(before);
  });

  it('takes SQL for a user, a name, a password and a reason as what it is', async () => {
    const { asAlice, server } = await den();
    const user = encodeURIComponent(SQL);
    const asUser = channelsAs(server, SQL);
    expect((await asAlice('PATCH', '/den', { name: SQL })).body).toMatchObject({ name: SQL });
    expect((await asAlice('PUT', '/den/password', { password: SQL })).status).toBe(200);
    expect((await asUser('POST', '/den/join', { password: `${SQL} ` })).body).toMatchObject({
      code: 'password_required',
    });
    expect((await asUser('POST', '/den/join', { password: SQL })).status).toBe(200);
    expect((await asUser('POST', '/den/leave')).status).toBe(204);
    expect((await asAlice('POST', '/den/members', { user_id: SQL })).status).toBe(204);
    expect((await asAlice('PUT', `/den/members/${user}`, { role: 'moderator' })).status).toBe(204);
    const { body } = await asAlice('GET', '/den/members');
    expect(body.members).toMatchObject([
      { user_id: 'alice', role: 'owner' },
      { user_id: 'bob', role: 'member' },
      { user_id: SQL, role: 'moderator' },
    ]);
    expect((await asAlice('DELETE', `/den/members/${user}`)).status).toBe(204);
    expect((await asAlice('PUT', `/den/bans/${user}`, { reason: SQL })).status).toBe(204);
    expect((await asAlice('GET', '/den/bans')).body.bans).toMatchObject([{ user_id: SQL, reason: SQL }]);
    expect((await asAlice('GET', `/den/bans?after=${user}`)).body).toEqual({ bans: [], has_more: false });
    expect((await asAlice('DELETE', `/den/bans/${user}`)).status).toBe(204);
    expect((await asAlice('GET', `?after=${user}`)).status).toBe(200);
  });
});
