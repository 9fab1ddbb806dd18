import type { Member, RealtimeClient } from '../../src/client';
import { ScriptedServer, stopScriptedServers } from '../support/scripted-server';
import { closeClients, sdk, signal, type TestEvents } from '../support/sdk';
import { until } from '../support/until';

afterEach(async () => {
  await closeClients();
  await stopScriptedServers();
});

const alice: Member = { user_id: 'alice', name: 'Alice', connections: 1, joined_at: '2027-02-01T08:00:00.000Z' };
const bob: Member = { user_id: 'bob', name: 'Bob', connections: 2, joined_at: '2027-02-01T08:30:00.000Z' };

const ROOM = 'project:42';
const JOINED = { room: ROOM, epoch: 'e', offset: 0, recovered: false, replayed: 0 };

/** A server in whose room these are, which says something right before it answers who is there. */
async function serverWith(members: Member[][], before: (server: ScriptedServer) => void = () => undefined) {
  return ScriptedServer.start(({ type }, server) => {
    if (type === 'join_room') return ['room_joined', JOINED];
    if (type === 'leave_room') return ['room_left', { room: ROOM }];
    if (type !== 'presence') return undefined;
    before(server);
    const now = members.shift();
    return now ? ['presence', { room: ROOM, members: now }] : ['error', unavailable];
  });
}

const unavailable = { code: 'unavailable', message: 'Later.', retryable: true };

function watched(client: RealtimeClient<TestEvents>) {
  const room = client.room(ROOM);
  const told: string[] = [];
  room.presence.on('joined', ({ user_id }) => told.push(`+${user_id}`));
  room.presence.on('left', ({ user_id }) => told.push(`-${user_id}`));
  return { room, told };
}

describe('who is in a room', () => {
  it('is read when it is joined, and kept current', async () => {
    const server = await serverWith([[alice, bob]]);
    const { room, told } = watched(sdk(server, 'alice'));
    await room.join();
    await signal(room.presence, 'changed');
    expect([...room.presence.members.values()]).toEqual([alice, bob]);
    const joined = { type: 'user_joined', room: ROOM, data: { user_id: 'carol', name: 'Carol' } };
    server.say(joined);
    server.say(joined);
    server.say({ type: 'user_left', room: ROOM, data: { user_id: 'bob', name: 'Bob' } });
    await until(() => told.length === 4, 'who came and went');
    expect(told).toEqual(['+alice', '+bob', '+carol', '-bob']);
    expect(room.presence.members.get('carol')).toEqual({
      user_id: 'carol',
      name: 'Carol',
      connections: 1,
      joined_at: '2027-02-01T09:00:00.000Z',
    });
  });

  it('is not asked as long as nobody wants to know', async () => {
    const server = await serverWith([[alice]]);
    const client = sdk(server, 'alice');
    await client.room(ROOM).join();
    await client.room('project:43').join();
    expect(server.received.map(({ type }) => type)).toEqual(['join_room', 'join_room']);
    expect(client.room(ROOM).presence.members.size).toBe(0);
    await until(() => client.room(ROOM).presence.members.size === 1, 'who is there');
  });

  it('counts what was announced while it was read', async () => {
    const server = await serverWith([[alice, bob]], (server) => {
      server.say({ type: 'user_joined', room: ROOM, data: { user_id: 'carol' } });
      server.say({ type: 'user_left', room: ROOM, data: { user_id: 'bob' } });
    });
    const { room } = watched(sdk(server, 'alice'));
    await room.join();
    await until(() => room.presence.members.has('alice'), 'who is there');
    expect([...room.presence.members.keys()]).toEqual(['alice', 'carol']);
  });

  it('stands as it was while there is no connection, and what changed is told after it', async () => {
    const server = await serverWith([[alice, bob], [alice]]);
    const client = sdk(server, 'alice');
    const { room, told } = watched(client);
    await room.join();
    await until(() => told.length === 2, 'who is there');
    server.drop();
    await signal(client, 'reconnecting');
    expect(room.presence.members.size).toBe(2);
    await until(() => told.length === 3, 'who went');
    expect(told).toEqual(['+alice', '+bob', '-bob']);
  });

  it('is asked again when it cannot be told now, and is nobody once the room is left', async () => {
    const members: Member[][] = [];
    const server = await serverWith(members);
    const { room, told } = watched(sdk(server, 'alice'));
    await room.join();
    await until(() => server.received.filter(({ type }) => type === 'presence').length >= 3, 'three questions');
    members.push([alice]);
    await until(() => told.length === 1, 'who is there');
    await room.leave();
    expect([told, room.presence.members.size]).toEqual([['+alice', '-alice'], 0]);
  });

  it('is read anew when it is asked for, and sees what a client tells of itself', async () => {
    const server = await serverWith([[alice], [alice, bob]]);
    const room = sdk(server, 'alice').room(ROOM, { meta: { device: 'phone' } });
    const changed = signal(room.presence, 'changed');
    await room.join();
    await changed;
    room.presence.refresh();
    await until(() => room.presence.members.has('bob'), 'who came');
    expect(server.received[0].data).toEqual({ room: ROOM, meta: { device: 'phone' } });
  });

  it('is told as an error of the room to whom it is not for', async () => {
    const forbidden = { code: 'forbidden', message: 'Not you.', retryable: false };
    const server = await ScriptedServer.start(({ type }) =>
      type === 'join_room' ? ['room_joined', JOINED] : ['error', forbidden],
    );
    const { room } = watched(sdk(server, 'alice'));
    const error = signal(room, 'error');
    await room.join();
    expect(await error).toMatchObject({ code: 'forbidden' });
    expect(room.joined).toBe(true);
  });
});
