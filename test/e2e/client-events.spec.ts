import { Injectable } from '@nestjs/common';
import { EmitEvent } from '../../src';
import { realtime, stopAll } from '../support/realtime';
import { nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';

afterEach(stopAll);
afterAll(stopRedis);

const moved = { room: 'board:7', event: 'cursor.moved', data: { x: 1 } };
const WARNING = 'The application emits cursor.moved itself, so clients may not send it any more. ';

@Injectable()
class Cursors {
  @EmitEvent('cursor.hidden', { room: 'board:7' })
  @EmitEvent('cursor.moved', { room: 'board:7' })
  move() {
    return {};
  }
}

describe('an event of a client', () => {
  it('is forbidden where the application names none, to administrators too', async () => {
    const { connect } = await realtime();
    const [alice, root] = [await connect('alice'), await connect('root', { roles: ['admin'] })];
    for (const client of [alice, root]) await client.join('board:7');
    const code = 'forbidden';
    const message = 'Clients may not send cursor.moved.';
    expect(await alice.refusal('broadcast', moved)).toMatchObject({ code, message });
    expect(await root.refusal('broadcast', moved)).toMatchObject({ code, message });
    expect(await root.refusal('broadcast', { ...moved, room: undefined })).toMatchObject({ code, message });
    for (const client of [alice, root]) await client.never('cursor.moved');
  });

  it('is forbidden where the application names others', async () => {
    const { connect } = await realtime({ clientEvents: ['cursor.moved'] });
    const alice = await connect('alice');
    await alice.join('board:7');
    expect((await alice.refusal('broadcast', { ...moved, event: 'task.deleted' })).code).toBe('forbidden');
    expect((await alice.request('broadcast', moved)).type).toBe('ack');
  });

  it('says who sent it, also in the history, whatever it claims itself', async () => {
    const { connect } = await realtime({ clientEvents: ['cursor.moved'] });
    const [alice, bob] = [await connect('alice', { name: 'Alice "A"' }), await connect('bob')];
    for (const client of [alice, bob]) await client.join('board:7');
    const data = { user: { id: 'root' } };
    await alice.request('broadcast', { ...moved, data });
    const frame = await bob.next('cursor.moved');
    expect(frame).toMatchObject({ data, room: 'board:7', user: { id: 'alice', name: 'Alice "A"' } });
    expect((await bob.request<'history'>('history', { room: 'board:7' })).data.messages).toEqual([frame]);
  });

  it('of which the application has none carries no user', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    await alice.join('board:7');
    await events.emit('task.deleted', { user: { id: 'bob' } }, { room: 'board:7' });
    expect(await alice.next('task.deleted')).not.toHaveProperty('user');
  });
});

describe('an event that clients may send, and the application emits', () => {
  it('is forbidden to clients from then on, which is logged once', async () => {
    const { connect, events, log } = await realtime({ clientEvents: ['cursor.moved', 'cursor.hidden'] });
    const alice = await connect('alice');
    await alice.join('board:7');
    expect((await alice.request('broadcast', moved)).type).toBe('ack');
    for (let n = 0; n < 3; n++) await events.emit('cursor.moved', {}, { room: 'board:7' });
    expect((await alice.refusal('broadcast', moved)).code).toBe('forbidden');
    expect((await alice.request('broadcast', { ...moved, event: 'cursor.hidden' })).type).toBe('ack');
    expect(log.of('warn').filter((line) => line.includes(WARNING))).toHaveLength(1);
  });

  it('is recognized by the name that clients see', async () => {
    const { connect, events } = await realtime({ events: { naming: 'snake' }, clientEvents: ['cursor.has.moved'] });
    const alice = await connect('alice');
    await alice.join('board:7');
    await events.emit('cursor.has_moved', {}, { room: 'board:7' });
    expect((await alice.refusal('broadcast', { ...moved, event: 'cursor.has.moved' })).code).toBe('forbidden');
  });

  it('is forbidden on the other nodes, too', async () => {
    const redis = await RedisServer.start();
    const [one, two] = await nodesOn([redis.url, redis.url], { clientEvents: ['cursor.moved'] });
    const alice = await one.connect('alice');
    await alice.join('board:7');
    await two.events.emit('cursor.moved', {}, { room: 'board:7' });
    await two.rooms.count();
    await alice.next('cursor.moved');
    expect((await alice.refusal('broadcast', moved)).code).toBe('forbidden');
  });

  it.each(['cursor.moved', 'cursor.hidden'])('is refused at boot where @EmitEvent says so: %s', async (event) => {
    await expect(realtime({ clientEvents: [event], host: { providers: [Cursors] } })).rejects.toThrow(
      `RealtimeModule: option clientEvents holds '${event}', which Cursors.move emits with @EmitEvent. ` +
        'Give the events of clients names of their own.',
    );
  });
});
