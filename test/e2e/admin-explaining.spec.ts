import { Identity, RoomAction, RoomName, RoomPolicy } from '../../src';
import { adminAs } from '../support/admin';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

class Doormen extends RoomPolicy {
  readonly refused = new Set<string>();

  override can({ userId }: Identity, _action: RoomAction, _room: RoomName): boolean {
    return !this.refused.has(userId);
  }
}

async function open() {
  const policy = new Doormen();
  const server = await realtime({ admin: {}, policy });
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
  await alice.join('project:1');
  const explain = async (query: string) =>
    (await adminAs(server)('GET', `/rooms/project:1/explain?event=task.created${query}`)).body;
  return { server, policy, alice, bob, explain };
}

describe('what is explained of an event', () => {
  it('is who would get it and what it costs, to the byte, and nothing is sent', async () => {
    const { server, alice, explain } = await open();
    const data = { title: 'Paint' };
    const told = await explain(`&data_bytes=${JSON.stringify(data).length}`);
    expect(told).toMatchObject({ receivers: 1, slow: 0, refused: 0, unanswered: [], bytes: told.bytes_each });
    expect(told.nodes).toEqual([{ name: 'this', receivers: 1, slow: 0, refused: 0 }]);
    await alice.settled();
    expect(alice.unread).toEqual([]);
    await server.events.emit('task.created', data, { room: 'project:1' });
    expect(JSON.stringify(await alice.next('task.created')).length).toBe(told.bytes_each);
  });

  it('is why one user would not get it: not there, not in the room, not let in', async () => {
    const { policy, explain } = await open();
    expect((await explain('&user=alice')).user).toEqual({
      ...{ user_id: 'alice', receives: true, connections: 1, joined: 1, nodes: ['this'] },
    });
    expect((await explain('&user=bob')).user).toMatchObject({ receives: false, why_not: 'not_joined' });
    expect((await explain('&user=carol')).user).toMatchObject({ receives: false, why_not: 'not_connected', nodes: [] });
    policy.refused.add('bob').add('alice');
    expect((await explain('&user=bob')).user).toMatchObject({ why_not: 'policy', refusal: 'forbidden' });
    expect(await explain('&user=alice')).toMatchObject({ refused: 1, user: { receives: true, refusal: 'forbidden' } });
  });

  it.each([
    ['project:1', '', 'event'],
    ['project:1', 'event=task', 'event'],
    ['project:1', 'event=task.created&data_bytes=1', 'data_bytes'],
    ['project:1', 'event=task.created&user=a%00b', 'user'],
    ['%21', 'event=task.created', 'room'],
  ])('is nothing where the input is wrong: %s?%s', async (room, query, field) => {
    const admin = adminAs(await realtime({ admin: {} }));
    const { status, body } = await admin('GET', `/rooms/${room}/explain?${query}`);
    expect([status, body.details]).toMatchObject([400, [{ field }]]);
  });

  it('is that nobody gets it, in a room that nobody knows', async () => {
    const admin = adminAs(await realtime({ admin: {} }));
    const { body } = await admin('GET', '/rooms/nowhere/explain?event=task.created');
    expect(body).toMatchObject({ receivers: 0, bytes: 0 });
  });
});
