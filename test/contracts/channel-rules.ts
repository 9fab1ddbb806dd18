import { Identity, RoomAction, RoomPolicy, Storage } from '../../src';
import { ChannelMembers } from '../../src/features/chat/channels/channel-members.repository';
import { channelsAs } from '../support/channels';
import { DEN as ROOM, join, openDen, say } from '../support/den';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';

/** How a channel is kept and left, on every database. `make` gives an empty one. */
export function describeChannelRules(name: string, make: () => Promise<{ open(): Storage }>): void {
  describe(`a channel's rules on ${name}`, () => {
    const den = async (channel?: object, options?: RealtimeTestOptions) =>
      openDen((await make()).open(), channel, { clientEvents: ['lunch.served'], ...options });

    afterEach(stopAll);

    describe('the members', () => {
      it('are listed page by page to members, and in a public channel to whoever is not banned', async () => {
        const { asAlice, asBob, server } = await den();
        for (const user of ['bob', 'carol']) await asAlice('POST', '/den/members', { user_id: user });
        const joined_at = expect.stringMatching(/^\d{4}-.+Z$/) as string;
        expect((await asBob('GET', '/den/members?limit=2')).body).toEqual({
          members: [
            { user_id: 'alice', role: 'owner', joined_at },
            { user_id: 'bob', role: 'member', joined_at },
          ],
          has_more: true,
        });
        expect((await asBob('GET', '/den/members?after=bob')).body).toEqual({
          members: [{ user_id: 'carol', role: 'member', joined_at }],
          has_more: false,
        });
        const asDave = channelsAs(server, 'dave');
        expect((await asDave('GET', '/den/members')).status).toBe(200);
        await asAlice('PATCH', '/den', { visibility: 'private' });
        expect(await asDave('GET', '/den/members')).toMatchObject({ status: 404, body: { code: 'not_found' } });
        await asAlice('PUT', '/den/password', { password: 'open sesame' });
        expect(await asDave('GET', '/den/members')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
        expect((await asBob('GET', '/den/members')).status).toBe(200);
        await asAlice('PUT', '/den/bans/bob', {});
        expect(await asBob('GET', '/den/members')).toMatchObject({ status: 403, body: { code: 'banned' } });
      });
    });

    describe('a moderator', () => {
      it("edits and deletes others' messages, is not slowed down, and is one no more when demoted", async () => {
        const { alice, bob, asAlice } = await den({ slow_mode_seconds: 60 });
        for (const client of [alice, bob]) await join(client);
        const { id } = (await say(alice)).data;
        expect((await bob.refusal('chat_edit', { room: ROOM, id, text: 'changed' })).code).toBe('forbidden');
        await asAlice('PUT', '/den/members/bob', { role: 'moderator' });
        expect((await bob.request('chat_edit', { room: ROOM, id, text: 'changed' })).type).toBe('ack');
        for (let n = 0; n < 3; n++) expect((await say(bob)).type).toBe('ack');
        await asAlice('PUT', '/den/members/bob', { role: 'member' });
        expect((await bob.refusal('chat_delete', { room: ROOM, id })).code).toBe('forbidden');
      });
    });

    describe('slow mode', () => {
      it('lets a member say one thing in a while, whatever the connection, and says when the next', async () => {
        const { bob, server, asAlice } = await den({ slow_mode_seconds: 60 });
        const phone = await server.connect('bob');
        for (const client of [bob, phone]) await join(client);
        expect((await say(bob)).type).toBe('ack');
        for (const client of [bob, phone]) {
          const { code, retry_after_ms } = (await say(client, 'more')).data;
          expect(code).toBe('rate_limited');
          expect(retry_after_ms).toBeGreaterThan(50_000);
          expect(retry_after_ms).toBeLessThanOrEqual(60_000);
        }
        await asAlice('PATCH', '/den', { slow_mode_seconds: 0 });
        expect((await say(bob)).type).toBe('ack');
      });

      it('counts a broadcast as something said, but no edit, and nothing that was not said', async () => {
        const { bob } = await den({ slow_mode_seconds: 60 });
        await join(bob);
        const broadcast = { room: ROOM, event: 'lunch.served', data: {} };
        expect((await bob.refusal('broadcast', { ...broadcast, event: 'no event' })).code).toBe('validation_failed');
        const { id } = (await say(bob)).data;
        expect((await bob.refusal('broadcast', broadcast)).code).toBe('rate_limited');
        expect((await bob.request('chat_edit', { room: ROOM, id, text: 'hello' })).type).toBe('ack');
        expect((await bob.request('typing', { room: ROOM, typing: true })).type).toBe('ack');
        expect((await bob.request('chat_delete', { room: ROOM, id })).type).toBe('ack');
      });

      it('lets nobody chat who has just broadcast', async () => {
        const { bob } = await den({ slow_mode_seconds: 60 });
        await join(bob);
        expect((await bob.request('broadcast', { room: ROOM, event: 'lunch.served', data: {} })).type).toBe('ack');
        expect((await say(bob)).data).toMatchObject({ code: 'rate_limited' });
        await bob.join('chat:lobby');
        expect((await bob.request('chat', { room: 'chat:lobby', text: 'hi' })).type).toBe('ack');
      });
    });

    describe('a channel', () => {
      it('that is deleted turns everybody out, keeps its id, and shows nothing any more', async () => {
        const { alice, bob, asAlice, asBob } = await den();
        for (const client of [alice, bob]) await join(client);
        await say(alice);
        expect((await asBob('DELETE', '/den')).body).toMatchObject({ code: 'forbidden' });
        expect((await asAlice('DELETE', '/den')).status).toBe(204);
        for (const client of [alice, bob]) {
          expect((await client.next('room_left')).data).toMatchObject({ room: ROOM, code: 'not_found' });
          expect((await join(client)).data).toMatchObject({ code: 'not_found' });
          expect((await client.refusal('chat_history', { room: ROOM })).code).toBe('not_found');
        }
        expect((await asBob('POST', '', { id: 'den', name: 'Mine now' })).body).toMatchObject({
          code: 'validation_failed',
          details: [{ field: 'id', message: 'is taken' }],
        });
      });

      it('that is deleted leaves no members and bans behind, however many; its messages nobody reads', async () => {
        const { alice, asAlice, server } = await den();
        await join(alice);
        await say(alice, 'kept');
        const storage = server.app.get(Storage);
        const users = Array.from({ length: 1200 }, (_, n) => ({ channel_id: 'den', user_id: `user${n}` }));
        await storage.write(async (trx) => {
          const members = users.map((user) => ({ ...user, role: 'member' as const, joined_at: 1 }));
          await trx.insertInto('channel_members').values(members).execute();
          const ban = { reason: null, until: null, banned_by: 'alice', created_at: 1 };
          await trx
            .insertInto('channel_bans')
            .values(users.slice(0, 700).map((user) => ({ ...user, ...ban })))
            .execute();
        });
        expect((await asAlice('DELETE', '/den')).status).toBe(204);
        const left = async (table: 'channel_members' | 'channel_bans' | 'chat_messages') =>
          (
            await storage.db
              .selectFrom(table)
              .select(({ fn }) => fn.countAll<number>().as('count'))
              .execute()
          )[0].count;
        expect([await left('channel_members'), await left('channel_bans'), await left('chat_messages')]).toEqual([
          0, 0, 1,
        ]);
      });

      it('is asked for in the database once, not for each message', async () => {
        const { bob, server } = await den();
        await join(bob);
        const queries = jest.spyOn(server.app.get(ChannelMembers), 'standing');
        for (let n = 0; n < 50; n++) expect((await say(bob)).type).toBe('ack');
        expect(queries.mock.calls.length).toBeLessThanOrEqual(2);
      });

      it('is an ordinary room, under the policy, where the application has no channels', async () => {
        class Policy extends RoomPolicy {
          override can(_identity: Identity, _action: RoomAction, room: string): boolean {
            return !room.startsWith('channel:');
          }
        }
        const server = await realtime({ storage: false, policy: Policy });
        const bob = await server.connect('bob');
        expect((await join(bob)).data).toMatchObject({ code: 'forbidden' });
        expect((await channelsAs(server, 'bob')('GET', '')).status).toBe(404);
        await bob.join('chat:lobby');
      });
    });
  });
}
