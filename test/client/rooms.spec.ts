import { closeClients, sdk, signal } from '../support/sdk';
import { HostileProxy, stopHostileProxies } from '../support/hostile-proxy';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';
import { ForgetfulBackplane } from '../protocol/forgetful-backplane';

afterEach(async () => {
  await closeClients();
  await stopHostileProxies();
  await stopAll();
});

describe('a room', () => {
  it('shows its events with what comes with them, to listeners of their name and to those of all', async () => {
    const server = await realtime();
    const room = sdk(server, 'alice').room('project:42');
    const seen: unknown[] = [];
    room.on('task.created', (task, meta) => seen.push([task, meta]));
    room.on('*', (_, { type }) => seen.push(type));
    await room.join();
    await server.events.emit('task.created', { id: 't1' }, { room: 'project:42', id: 'e-1' });
    await server.events.emit('task.moved', { id: 't1', to: 'done' }, { room: 'project:42', delivery: 'volatile' });
    await until(() => seen.length === 3, 'both events');
    const meta = {
      type: 'task.created',
      messageId: 'e-1',
      timestamp: expect.stringMatching(/Z$/) as string,
      room: 'project:42',
      offset: 1,
      replayed: false,
    };
    expect(seen).toEqual([[{ id: 't1' }, meta], 'task.created', 'task.moved']);
    expect(room.position).toMatchObject({ offset: 1 });
  });

  it('is not shown any more once left, and is empty-handed when joined again', async () => {
    const server = await realtime();
    const room = sdk(server, 'alice').room('project:42');
    const seen: string[] = [];
    room.on('*', (data) => seen.push((data as { id: string }).id));
    await room.join();
    await server.events.emit('task.created', { id: 't1' }, { room: 'project:42' });
    await until(() => seen.length === 1, 'the first event');
    await room.leave();
    expect(room.joined).toBe(false);
    await server.events.emit('task.created', { id: 't2' }, { room: 'project:42' });
    await room.join();
    await server.events.emit('task.created', { id: 't3' }, { room: 'project:42' });
    await until(() => seen.length === 2, 'the last event');
    expect(seen).toEqual(['t1', 't3']);
  });

  it('that refuses the client says why, and is not tried again', async () => {
    const server = await realtime();
    const client = sdk(server, 'alice');
    const room = client.room('user:bob');
    await expect(room.join()).rejects.toMatchObject({ code: 'forbidden', retryable: false });
    expect([room.joined, client.state]).toEqual([false, 'connected']);
  });

  it('tells when the server takes the client out', async () => {
    const server = await realtime();
    const room = sdk(server, 'alice').room('chat:lobby');
    await room.join();
    const left = signal(room, 'left');
    await server.rooms.removeUser('chat:lobby', 'alice', { code: 'banned', message: 'spam' });
    expect(await left).toMatchObject({ error: { code: 'banned', message: 'spam' } });
    expect(room.joined).toBe(false);
  });

  it('publishes in its own name, and pages back through its stream', async () => {
    const server = await realtime({ clientEvents: ['cursor.moved'] });
    const room = sdk(server, 'alice').room('project:42');
    await room.join();
    const senders: unknown[] = [];
    room.on('cursor.moved', (_, { user }) => senders.push(user));
    expect(await room.publish('cursor.moved', { id: 't1' })).toEqual({ offset: 1 });
    expect(await room.publish('cursor.moved', { id: 't2' })).toEqual({ offset: 2 });
    await expect(room.publish('task.created', { id: 't3' })).rejects.toMatchObject({ code: 'forbidden' });
    expect(senders).toEqual(Array(2).fill({ id: 'alice', name: 'alice' }));
    const { messages, has_more } = await room.history({ limit: 1 });
    expect([messages.map(({ data }) => data), has_more]).toEqual([[{ id: 't2' }], true]);
    expect((await room.history({ before: 2 })).messages.map(({ offset }) => offset)).toEqual([1]);
  });

  it('joined, left and joined again in one breath is joined', async () => {
    const server = await realtime();
    const room = sdk(server, 'alice').room('project:42');
    const first = room.join();
    void room.leave();
    await room.join();
    await expect(first).rejects.toMatchObject({ code: 'closed' });
    expect((await server.rooms.count({ room: 'project:42' })).connections).toBe(1);
  });

  it('is the same object for the same name', async () => {
    const client = sdk(await realtime(), 'alice');
    expect(client.room('project:42')).toBe(client.room('project:42'));
  });

  it('a listener that fails keeps neither the others nor the room from going on', async () => {
    const server = await realtime();
    const room = sdk(server, 'alice').room('project:42');
    const seen: unknown[] = [];
    const failures: unknown[] = [];
    const report = jest.spyOn(globalThis, 'queueMicrotask').mockImplementation((run) => {
      try {
        run();
      } catch (error) {
        failures.push(error);
      }
    });
    room.on('task.created', () => {
      throw new Error('mine');
    });
    room.on('task.created', (task) => seen.push(task));
    await room.join();
    await server.events.emit('task.created', { id: 't1' }, { room: 'project:42' });
    await server.events.emit('task.created', { id: 't2' }, { room: 'project:42' });
    await until(() => seen.length === 2, 'both events');
    report.mockRestore();
    expect(failures).toEqual([new Error('mine'), new Error('mine')]);
  });
});

describe('a room after a drop', () => {
  it('goes on from where it was, shows what was missed once and in order, and tells how many there were', async () => {
    const server = await realtime();
    const proxy = await HostileProxy.to(server.port);
    const client = sdk(proxy, 'alice');
    const room = client.room('project:42');
    const seen: unknown[] = [];
    room.on('task.created', ({ id }, { replayed }) => seen.push([id, replayed]));
    await room.join();
    await server.events.emit('task.created', { id: 't1' }, { room: 'project:42' });
    await until(() => seen.length === 1, 'the first event');
    proxy.refuse();
    proxy.drop();
    await signal(client, 'reconnecting');
    for (const id of ['t2', 't3']) await server.events.emit('task.created', { id }, { room: 'project:42' });
    const recovered = signal(room, 'recovered');
    proxy.heal();
    expect(await recovered).toEqual({ replayed: 2 });
    await server.events.emit('task.created', { id: 't4' }, { room: 'project:42' });
    await until(() => seen.length === 4, 'the last event');
    expect(seen).toEqual([
      ['t1', false],
      ['t2', true],
      ['t3', true],
      ['t4', false],
    ]);
  });

  it('says so when what was missed is gone, and follows from there', async () => {
    const server = await realtime({ history: { maxPublications: 2 } });
    const proxy = await HostileProxy.to(server.port);
    const client = sdk(proxy, 'alice');
    const room = client.room('project:42');
    const seen: string[] = [];
    room.on('task.created', ({ id }) => seen.push(id));
    await room.join();
    proxy.refuse();
    proxy.drop();
    await signal(client, 'reconnecting');
    for (const id of ['t1', 't2', 't3']) await server.events.emit('task.created', { id }, { room: 'project:42' });
    const reset = signal(room, 'reset');
    proxy.heal();
    expect(await reset).toMatchObject({ position: { offset: 3 } });
    await server.events.emit('task.created', { id: 't4' }, { room: 'project:42' });
    await until(() => seen.length === 1, 'the last event');
    expect(seen).toEqual(['t4']);
  });

  it('whose stream was lost shows nothing that it showed before, should it be published again', async () => {
    const backplane = new ForgetfulBackplane();
    const server = await realtime({ backplane });
    const room = sdk(server, 'alice').room('project:42');
    const seen: string[] = [];
    room.on('task.created', (_, { messageId }) => seen.push(messageId));
    await room.join();
    const emit = (id: string) => server.events.emit('task.created', {}, { room: 'project:42', id });
    for (const id of ['e-1', 'e-2']) await emit(id);
    await until(() => seen.length === 2, 'both events');
    await backplane.forget();
    const reset = signal(room, 'reset');
    for (const id of ['e-2', 'e-3']) await emit(id);
    await reset;
    await until(() => seen.length === 3, 'the new event');
    expect(seen).toEqual(['e-1', 'e-2', 'e-3']);
    expect(room.position).toMatchObject({ offset: 2 });
  });

  it('whose stream goes on under another epoch goes on, too', async () => {
    const backplane = new ForgetfulBackplane();
    const server = await realtime({ backplane });
    const room = sdk(server, 'alice').room('project:42');
    const resets: unknown[] = [];
    room.on('reset', (reset) => resets.push(reset));
    await room.join();
    await server.events.emit('task.created', {}, { room: 'project:42' });
    await until(() => room.position?.offset === 1, 'the event');
    const before = room.position!;
    await backplane.renew();
    await until(() => room.position!.epoch !== before.epoch, 'another epoch');
    expect(room.position).toEqual({ epoch: expect.any(String) as string, offset: 1 });
    expect(resets).toEqual([]);
  });

  it('from which the user was banned meanwhile is left, with the reason', async () => {
    let banned = false;
    const policy = { can: () => !banned, moderates: () => false };
    const server = await realtime({ policy: policy as never });
    const proxy = await HostileProxy.to(server.port);
    const room = sdk(proxy, 'alice').room('project:42');
    await room.join();
    banned = true;
    const left = signal(room, 'left');
    proxy.drop();
    expect(await left).toMatchObject({ error: { code: 'forbidden' } });
  });
});
