import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Idempotency, RealtimeError, RealtimeGateway } from '../../src';
import { Gate } from '../support/gate';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

function countingHost() {
  const calls: Record<string, number> = {};
  const gates: Gate[] = [];
  const kept: { n: number }[] = [];
  const count = (name: string): number => (calls[name] = (calls[name] ?? 0) + 1);

  @RealtimeGateway()
  class CountingGateway {
    @SubscribeMessage('count')
    count(@MessageBody('room') room: string | undefined) {
      const reply = { n: count('count'), room };
      kept.push(reply);
      return { event: 'counted', data: reply };
    }

    @SubscribeMessage('wait')
    async wait(@MessageBody('fail') fail: string | undefined) {
      const n = count('wait');
      gates.push(new Gate());
      await gates[n - 1].pass();
      if (fail === 'once' && n === 1) throw new RealtimeError('unavailable');
      return { n };
    }

    @SubscribeMessage('fail_once')
    failOnce() {
      if (count('fail_once') === 1) throw new Error('the first time');
      return { n: 2 };
    }

    @SubscribeMessage('no_json_once')
    noJsonOnce() {
      return { n: count('no_json_once') === 1 ? 1n : 2 };
    }

    @Idempotency('connection')
    @SubscribeMessage('mine')
    mine() {
      return { n: count('mine') };
    }

    @Idempotency('none')
    @SubscribeMessage('read')
    read() {
      return { n: count('read') };
    }
  }
  return { host: { providers: [CountingGateway] }, calls, gates, kept };
}

describe('a repeated message_id', () => {
  it('is executed once, and answered with the same reply, over any connection of the user', async () => {
    const { host, calls, kept } = countingHost();
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    const first = await alice.request('count', { room: 'a' }, 'id-1');
    expect(first).toMatchObject({ type: 'counted', data: { n: 1, room: 'a' }, reply_to: 'id-1' });
    kept[0].n = 99;
    const again = await alice.request('count', { room: 'a' }, 'id-1');
    expect(again).toMatchObject({ type: 'counted', data: { n: 1, room: 'a' }, reply_to: 'id-1' });
    expect(again.message_id).not.toBe(first.message_id);
    alice.drop();
    const elsewhere = await connect('alice');
    expect(await elsewhere.request('count', { room: 'a' }, 'id-1')).toMatchObject({ data: { n: 1 }, reply_to: 'id-1' });
    expect(calls).toEqual({ count: 1 });
  });

  it('says a chat message once', async () => {
    const { connect } = await realtime();
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    await alice.join('lobby');
    await bob.join('lobby');
    const said = await alice.request('chat', { room: 'lobby', text: 'hi' }, 'id-1');
    const again = await alice.request('chat', { room: 'lobby', text: 'hi' }, 'id-1');
    expect(said).toMatchObject({ type: 'ack', data: { room: 'lobby', offset: 1 } });
    expect(again.data).toEqual(said.data);
    expect(await alice.request('chat', { room: 'lobby', text: 'ho' }, 'id-2')).toMatchObject({ data: { offset: 2 } });
    await bob.settled();
    expect(bob.unread.map(({ type, data }) => [type, data.text])).toEqual([
      ['chat', 'hi'],
      ['chat', 'ho'],
    ]);
  });

  it("is another user's own, and another room's own", async () => {
    const { host, calls } = countingHost();
    const { connect } = await realtime({ host });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    expect((await alice.request('count', { room: 'a' }, 'id-1')).data).toMatchObject({ n: 1 });
    expect((await bob.request('count', { room: 'a' }, 'id-1')).data).toMatchObject({ n: 2 });
    expect((await alice.request('count', { room: 'b' }, 'id-1')).data).toMatchObject({ n: 3 });
    expect((await alice.request('count', {}, 'id-1')).data).toMatchObject({ n: 4 });
    expect((await alice.request('count', { room: 'a' }, 'id-2')).data).toMatchObject({ n: 5 });
    expect((await alice.request('count', { room: 'b' }, 'id-1')).data).toMatchObject({ n: 3 });
    expect(calls).toEqual({ count: 5 });
  });

  it('waits for the first one, and shares its reply', async () => {
    const { host, calls, gates } = countingHost();
    const { connect } = await realtime({ host });
    const clients = [await connect('alice'), await connect('alice'), await connect('alice')];
    for (const client of clients) client.send('wait', {}, 'id-1');
    await until(() => gates.length === 1, 'the first is being executed');
    const others = [await connect('alice'), await connect('bob')];
    // The waiting ones hold up their own connections only.
    for (const other of others) await other.settled();
    gates[0].open();
    for (const client of clients) expect(await client.next('ack')).toMatchObject({ data: { n: 1 }, reply_to: 'id-1' });
    expect(calls).toEqual({ wait: 1 });
  });

  it('is executed by one of those who wait when the first fails', async () => {
    const { host, calls, gates } = countingHost();
    const { connect } = await realtime({ host });
    const clients = [await connect('alice'), await connect('alice'), await connect('alice')];
    for (const client of clients) client.send('wait', { fail: 'once' }, 'id-1');
    await until(() => gates.length === 1, 'the first is being executed');
    gates[0].open();
    await until(() => gates.length === 2, 'another is being executed');
    gates[1].open();
    for (const client of clients) await until(() => client.unread.length === 1, 'each is answered');
    const replies = clients.map(({ unread: [{ type, data }] }) => (type === 'error' ? data.code : data.n));
    expect(replies.sort()).toEqual([2, 2, 'unavailable']);
    expect(calls).toEqual({ wait: 2 });
  });

  it('is executed again after an error', async () => {
    const { host, calls } = countingHost();
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    for (const type of ['fail_once', 'no_json_once']) {
      expect((await alice.request<'error'>(type, {}, type)).data.code).toBe('processing_error');
      expect((await alice.request(type, {}, type)).data).toEqual({ n: 2 });
      expect((await alice.request(type, {}, type)).data).toEqual({ n: 2 });
    }
    expect(calls).toEqual({ fail_once: 2, no_json_once: 2 });
    expect((await alice.request<'error'>('chat', { room: 'lobby', text: 'hi' }, 'id-1')).data.code).toBe('not_member');
    await alice.join('lobby');
    expect((await alice.request('chat', { room: 'lobby', text: 'hi' }, 'id-1')).type).toBe('ack');
  });

  it('gets the reply of a handler that was given up, once that is there', async () => {
    const { host, calls, gates } = countingHost();
    const { connect, connections } = await realtime({ host, inbox: { handlerTimeoutMs: 300 } });
    const alice = await connect('alice');
    expect((await alice.request<'error'>('wait', {}, 'id-1')).data.code).toBe('processing_error');
    const again = alice.request('wait', {}, 'id-1');
    await until(() => [...connections].some(({ inbox }) => !inbox.idle), 'the second waits');
    gates[0].open();
    expect(await again).toMatchObject({ type: 'ack', data: { n: 1 } });
    expect(calls).toEqual({ wait: 1 });
  });

  it('is not executed for a client that was given up or has gone while it waited', async () => {
    const { host, calls, gates } = countingHost();
    const { connect, connections } = await realtime({ host, inbox: { handlerTimeoutMs: 300 } });
    const [first, second] = [await connect('alice'), await connect('alice')];
    first.send('wait', { fail: 'once' }, 'id-1');
    await until(() => gates.length === 1, 'the first is being executed');
    expect((await second.request<'error'>('wait', {}, 'id-1')).data.code).toBe('processing_error');
    second.send('wait', {}, 'id-1');
    await until(() => [...connections].some(({ inbox }) => !inbox.idle), 'the second waits again');
    second.drop();
    await until(() => connections.size === 1, 'the second is gone');
    gates[0].open();
    await first.settled();
    expect(calls).toEqual({ wait: 1 });
    first.send('wait', {}, 'id-1');
    await until(() => gates.length === 2, 'the claim is free');
    gates[1].open();
    expect((await first.next('ack')).data).toEqual({ n: 2 });
  });

  it('reads again, and joins again on another connection', async () => {
    const { host, calls } = countingHost();
    const { connect } = await realtime({ host });
    const [alice, other] = [await connect('alice'), await connect('alice')];
    await alice.request('read', {}, 'id-1');
    expect((await alice.request('read', {}, 'id-1')).data).toEqual({ n: 2 });
    expect((await alice.request('ping', { a: 1 }, 'id-1')).data).toEqual({ a: 1 });
    expect((await alice.request('echo', { a: 2 }, 'id-1')).data).toEqual({ a: 2 });
    await alice.request('mine', {}, 'id-1');
    expect((await alice.request('mine', {}, 'id-1')).data).toEqual({ n: 1 });
    expect((await other.request('mine', {}, 'id-1')).data).toEqual({ n: 2 });
    expect(calls).toEqual({ read: 2, mine: 2 });
    for (const client of [alice, other]) {
      expect((await client.request('join_room', { room: 'lobby' }, 'j-1')).type).toBe('room_joined');
      expect((await client.request<'status'>('status', {}, 'j-1')).data.rooms).toEqual(['lobby']);
      expect((await client.request('leave_room', { room: 'lobby' }, 'l-1')).type).toBe('room_left');
      expect((await client.request('leave_room', { room: 'lobby' }, 'l-1')).type).toBe('room_left');
    }
  });

  it('joins again when the connection was taken out of the room, and leaves again when it joined again', async () => {
    const { connect, rooms } = await realtime();
    const alice = await connect('alice');
    const joined = async () => (await alice.request<'status'>('status')).data.rooms;
    const join = (id: string) => alice.request('join_room', { room: 'lobby' }, id);
    const leave = (id: string) => alice.request('leave_room', { room: 'lobby' }, id);
    await join('j-1');
    await rooms.removeUser('lobby', 'alice');
    await alice.next('room_left');
    expect([(await join('j-1')).type, await joined()]).toEqual(['room_joined', ['lobby']]);
    expect([(await leave('l-1')).type, await joined()]).toEqual(['room_left', []]);
    expect([(await join('j-1')).type, await joined()]).toEqual(['room_joined', ['lobby']]);
    expect([(await leave('l-1')).type, await joined()]).toEqual(['room_left', []]);
    const subscription = { action: 'subscribe', project_id: '7' };
    await alice.request('subscription', subscription, 's-1');
    await rooms.removeUser('project:7', 'alice');
    expect((await alice.request('subscription', subscription, 's-1')).type).toBe('room_joined');
    expect(await joined()).toEqual(['project:7']);
  });

  it('is executed again when its reply had to make room for others', async () => {
    const { host, calls } = countingHost();
    const { connect } = await realtime({ host, idempotency: { maxReplies: 2 } });
    const alice = await connect('alice');
    const ask = async (id: string) => (await alice.request('count', {}, id)).data.n;
    expect([await ask('a'), await ask('a'), await ask('b'), await ask('c')]).toEqual([1, 1, 2, 3]);
    expect([await ask('b'), await ask('a')]).toEqual([2, 4]);
    expect(calls).toEqual({ count: 4 });
  });

  it('is executed again when the window is over', async () => {
    const { host } = countingHost();
    const { connect } = await realtime({ host, idempotency: { windowMs: 300 } });
    const alice = await connect('alice');
    const ask = async () => (await alice.request('count', {}, 'id-1')).data.n;
    expect(await ask()).toBe(1);
    const kept = Date.now();
    await until(() => Date.now() - kept > 310, 'the window is over');
    expect(await ask()).toBe(2);
  });
});
