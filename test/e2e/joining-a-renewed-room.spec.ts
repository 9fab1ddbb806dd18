import { events } from '../support/lagging-room';
import { realtime, stopAll } from '../support/realtime';
import { RenewingBackplane } from '../support/renewing-backplane';

const ROOM = 'project:1';

afterEach(stopAll);

async function start() {
  const backplane = new RenewingBackplane();
  const server = await realtime({ backplane, storage: false });
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
  const { epoch } = await bob.join(ROOM);
  const emit = (n: number) => server.events.emit('task.created', { n }, { room: ROOM });
  return { backplane, lagging: backplane.lagging, alice, bob, epoch, emit };
}

describe('a room whose stream goes on under another epoch', () => {
  it('tells members and those whose replay was ahead of the deliveries, each at its own place', async () => {
    const { backplane, lagging, alice, bob, epoch, emit } = await start();
    lagging.hold('deliveries');
    for (const n of [1, 2]) await emit(n);
    expect(await alice.join(ROOM, { epoch, offset: 0 })).toMatchObject({ offset: 2, replayed: 2 });
    const now = backplane.renew(ROOM, epoch, 2);
    expect((await alice.next('room_renewed')).data).toEqual({ room: ROOM, epoch: now, offset: 2 });
    expect((await bob.next('room_renewed')).data).toEqual({ room: ROOM, epoch: now, offset: 0 });
    lagging.release();
    await emit(3);
    for (const client of [alice, bob]) {
      await client.next('task.created', ({ data }) => data.n === 3);
      expect(events(client)).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
      ]);
      expect(client.rooms.get(ROOM)!.faults).toEqual([]);
      await client.never('room_reset');
    }
  });

  it('has those load their state anew whose replay held what is lost', async () => {
    const { backplane, lagging, alice, bob, epoch, emit } = await start();
    lagging.hold('deliveries');
    for (const n of [1, 2]) await emit(n);
    await alice.join(ROOM, { epoch, offset: 0 });
    const now = backplane.renew(ROOM, epoch, 1);
    expect((await alice.next('room_reset')).data).toEqual({ room: ROOM, epoch: now, offset: 0 });
    expect((await bob.next('room_renewed')).data).toEqual({ room: ROOM, epoch: now, offset: 0 });
    await alice.never('room_renewed');
  });

  it('brings each publication once to those who read it meanwhile', async () => {
    const { backplane, lagging, alice, bob, epoch, emit } = await start();
    await emit(1);
    lagging.hold('answers');
    const joining = alice.request('join_room', { room: ROOM, since: { epoch, offset: 0 } });
    while (!lagging.waiting('answers')) await bob.settled();
    const second = emit(2);
    await bob.next('task.created', ({ data }) => data.n === 2);
    const now = backplane.renew(ROOM, epoch, 2);
    lagging.release();
    await second;
    expect((await joining).data).toMatchObject({ epoch, offset: 1, recovered: true });
    expect((await alice.next('room_renewed')).data).toEqual({ room: ROOM, epoch: now, offset: 1 });
    await emit(3);
    await alice.next('task.created', ({ data }) => data.n === 3);
    expect(events(alice)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(alice.rooms.get(ROOM)!.faults).toEqual([]);
    await alice.never('room_reset');
  });
});
