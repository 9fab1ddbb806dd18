import type { RealtimeRoom } from '../../src/client';
import { HostileProxy, stopHostileProxies } from '../support/hostile-proxy';
import { realtime, stopAll } from '../support/realtime';
import { closeClients, sdk, signal, type TestEvents } from '../support/sdk';
import { until } from '../support/until';

afterEach(async () => {
  await closeClients();
  await stopHostileProxies();
  await stopAll();
});

const ROOM = 'project:42';

/** A server that tells who comes and goes; a user whose connection is lost has this long to come back. */
const server = (graceMs: number) => realtime({ presence: { announceMaxConnections: 1000, graceMs } });

/** In the room, with all that it was told of who is there. */
async function watching(room: RealtimeRoom<TestEvents>): Promise<string[]> {
  const told: string[] = [];
  room.presence.on('joined', ({ user_id }) => told.push(`+${user_id}`));
  room.presence.on('left', ({ user_id }) => told.push(`-${user_id}`));
  const changed = signal(room.presence, 'changed');
  await room.join();
  await changed;
  return told;
}

describe('who is in a room of a server', () => {
  it('is the same for all who are in it, with what each tells of itself, and without who left', async () => {
    const { url } = await server(60_000);
    const alice = sdk({ url }, 'alice').room(ROOM, { meta: { device: 'desk' } });
    const told = await watching(alice);
    const bob = sdk({ url }, 'bob').room(ROOM, { meta: { device: 'phone' } });
    expect(await watching(bob)).toEqual(['+alice', '+bob']);
    await until(() => told.length === 2, 'bob, who came');
    const members = [...bob.presence.members.values()];
    expect(members).toMatchObject([
      { user_id: 'alice', name: 'alice', connections: 1, meta: { device: 'desk' } },
      { user_id: 'bob', name: 'bob', connections: 1, meta: { device: 'phone' } },
    ]);
    // What somebody tells of itself does not come with the news that it came.
    expect(alice.presence.members.get('bob')).toMatchObject({ name: 'bob', connections: 1 });
    alice.presence.refresh();
    await until(() => alice.presence.members.get('bob')?.meta !== undefined, 'what bob tells of itself');
    expect([...alice.presence.members.values()]).toEqual(members);
    await bob.leave();
    await until(() => told.length === 3, 'bob, who left');
    expect([told, bob.presence.members.size]).toEqual([['+alice', '+bob', '-bob'], 0]);
  });

  it('counts a user once, as long as any of their connections is there', async () => {
    const { url } = await server(60_000);
    const told = await watching(sdk({ url }, 'alice').room(ROOM));
    const [desk, phone] = [sdk({ url }, 'bob').room(ROOM), sdk({ url }, 'bob').room(ROOM)];
    await desk.join();
    await phone.join();
    await desk.leave();
    await sdk({ url }, 'carol').room(ROOM).join();
    await until(() => told.includes('+carol'), 'carol, who came');
    expect(told).toEqual(['+alice', '+bob', '+carol']);
    await phone.leave();
    await until(() => told.includes('-bob'), 'bob, who left');
  });

  it('still has who comes back from a drop in time: nobody is told anything', async () => {
    const { url, port } = await server(60_000);
    const proxy = await HostileProxy.to(port);
    const told = await watching(sdk({ url }, 'alice').room(ROOM));
    const client = sdk(proxy, 'bob');
    const seen = await watching(client.room(ROOM));
    proxy.drop();
    await signal(client, 'reconnecting');
    await signal(client.room(ROOM), 'joined');
    const carol = sdk({ url }, 'carol').room(ROOM);
    await carol.join();
    await until(() => told.includes('+carol') && seen.includes('+carol'), 'carol, who came');
    expect([told, seen]).toEqual([
      ['+alice', '+bob', '+carol'],
      ['+alice', '+bob', '+carol'],
    ]);
    expect([...client.room(ROOM).presence.members.keys()]).toEqual(['alice', 'bob', 'carol']);
  });

  it('loses who does not come back in time; and who does later finds out who went meanwhile', async () => {
    const { url, port } = await server(50);
    const proxy = await HostileProxy.to(port);
    const alice = sdk({ url }, 'alice').room(ROOM);
    const told = await watching(alice);
    const carol = sdk({ url }, 'carol').room(ROOM);
    await carol.join();
    const client = sdk(proxy, 'bob');
    const seen = await watching(client.room(ROOM));
    proxy.refuse();
    proxy.drop();
    await until(() => told.includes('-bob'), 'bob, who is gone');
    await carol.leave();
    await until(() => told.includes('-carol'), 'carol, who left');
    expect([...client.room(ROOM).presence.members.keys()]).toEqual(['alice', 'carol', 'bob']);
    proxy.heal();
    await until(() => seen.includes('-carol'), 'carol, who was not there any more');
    await until(() => told.at(-1) === '+bob', 'bob, who is back');
    expect(told).toEqual(['+alice', '+carol', '+bob', '-bob', '-carol', '+bob']);
    expect(seen).toEqual(['+alice', '+carol', '+bob', '-carol']);
  });
});
