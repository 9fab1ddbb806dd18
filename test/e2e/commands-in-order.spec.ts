import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Connection, Inbound, InboundFrame, RealtimeGateway, RealtimeCounters } from '../../src';
import { Gate } from '../support/gate';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

/** Handlers that wait for the test, and notes of what ran when. */
function slowHost() {
  const gates = new Map<string, Gate>();
  const ran: unknown[] = [];
  const gate = (name: string): Gate => {
    if (!gates.has(name)) gates.set(name, new Gate());
    return gates.get(name)!;
  };

  const undoing = (when: string): Promise<void> => {
    ran.push(when);
    return Promise.reject(new Error(`undoing failed ${when}`));
  };

  @RealtimeGateway()
  class SlowGateway {
    @SubscribeMessage('slow')
    async slow(@MessageBody('gate') name: string, @MessageBody('n') n: number) {
      ran.push(`begin ${n}`);
      await gate(name).pass();
      ran.push(`end ${n}`);
      return { n };
    }

    @SubscribeMessage('fast')
    fast(@MessageBody('n') n: number) {
      ran.push(n);
      return { n };
    }

    @SubscribeMessage('hang')
    async hang(@MessageBody('gate') name: string, @MessageBody('then') then: string) {
      await gate(name).pass();
      ran.push(`came back to ${then}`);
      if (then === 'fail') throw new Error('too late to matter');
      return { event: 'late', data: {} };
    }

    /** Prepares for its reply, so that it has something to undo. */
    @SubscribeMessage('prepare')
    async prepare(@ConnectedSocket() _connection: Connection, @Inbound() frame: InboundFrame) {
      frame.afterReply((sent) => undoing(`before the wait: ${sent}`));
      await gate('prepare').pass();
      frame.afterReply((sent) => undoing(`after the wait: ${sent}`));
    }
  }
  return { host: { providers: [SlowGateway] }, gate, ran };
}

const silently = (type: string, data: object) => JSON.stringify({ type, data });

describe('the frames of one connection', () => {
  it('are handled one at a time, and answered in the order they were sent', async () => {
    const { host, gate, ran } = slowHost();
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    alice.send('slow', { gate: 'a', n: 1 }, 's-1');
    alice.send('fast', { n: 2 }, 'f-2');
    alice.send('no_such_type', {}, 'u-3');
    alice.raw('not json');
    alice.send('slow', { gate: 'b', n: 5 }, 's-5');
    alice.send('fast', { n: 6 }, 'f-6');
    await until(() => gate('a').arrived === 1, 'the first frame is being handled');
    gate('b').open();
    expect(ran).toEqual(['begin 1']);
    gate('a').open();
    await alice.settled();
    expect(alice.unread.map(({ type, reply_to }) => [type, reply_to])).toEqual([
      ['ack', 's-1'],
      ['ack', 'f-2'],
      ['error', 'u-3'],
      ['error', undefined],
      ['ack', 's-5'],
      ['ack', 'f-6'],
    ]);
    expect(ran).toEqual(['begin 1', 'end 1', 2, 'begin 5', 'end 5', 6]);
  });

  it('do not wait for those of another connection', async () => {
    const { host, gate } = slowHost();
    const { connect } = await realtime({ host });
    const alice = await connect('alice');
    const bob = await connect('bob');
    alice.send('slow', { gate: 'a', n: 1 });
    await until(() => gate('a').arrived === 1, 'the frame is being handled');
    expect((await bob.request('fast', { n: 2 })).data).toEqual({ n: 2 });
    gate('a').open();
    expect((await alice.next('ack')).data).toEqual({ n: 1 });
  });

  it('wait in the socket while a handler is slow, and are all handled in order after it', async () => {
    const { host, gate, ran } = slowHost();
    const { app, connect, connections } = await realtime({ host });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    const traffic = app.get(RealtimeCounters);
    const [connection] = connections;
    const filler = 'x'.repeat(1000);
    alice.raw(silently('slow', { gate: 'a', n: 0 }));
    await until(() => gate('a').arrived === 1, 'the first frame is being handled');
    for (let n = 1; n <= 10_000; n++) alice.raw(silently('fast', { n, filler }));
    await until(() => connection.inbox.paused, 'the socket is not read');
    for (let i = 0; i < 20; i++) await bob.settled();
    // 64 frames wait at most, and what one read from the socket brought with the last of them.
    expect(traffic.framesReceived - 20).toBeLessThan(1 + 64 + 66);
    gate('a').open();
    await until(() => ran.length === 2 + 10_000, 'all of them are handled');
    expect(ran.slice(2)).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1));
    expect(connection.inbox.paused).toBe(false);
  });

  it('that wait are forgotten when the client goes', async () => {
    const { host, gate, ran } = slowHost();
    const { connect, connections } = await realtime({ host });
    const alice = await connect('alice');
    alice.send('slow', { gate: 'a', n: 1 });
    alice.send('fast', { n: 2 });
    await until(() => gate('a').arrived === 1, 'the first frame is being handled');
    await alice.close();
    await until(() => connections.size === 0, 'the connection is gone');
    gate('a').open();
    const bob = await connect('bob');
    await bob.settled();
    expect(ran).toEqual(['begin 1', 'end 1']);
  });
});

describe('a handler that hangs', () => {
  it.each(['return', 'fail'])(
    'is given up in time, and the next frames go on; what it does later is dropped (%s)',
    async (then) => {
      const { host, gate, ran } = slowHost();
      const { app, connect, log } = await realtime({ host, inbox: { handlerTimeoutMs: 300 } });
      const alice = await connect('alice');
      const start = Date.now();
      const error = alice.refusal('hang', { gate: 'a', then });
      alice.send('fast', { n: 2 }, 'f-2');
      expect(await error).toEqual({
        code: 'processing_error',
        message: 'The handler took too long and was given up.',
        retryable: false,
      });
      expect(Date.now() - start).toBeGreaterThanOrEqual(290);
      // The limit, the sweep that notices it, and some grace for a busy machine.
      expect(Date.now() - start).toBeLessThan(300 + 250 + 400);
      expect((await alice.next('ack')).reply_to).toBe('f-2');
      expect(log.of('error').join()).toContain('A handler of "hang" took longer than 300 ms');
      expect(app.get(RealtimeCounters).handlerTimeouts).toBe(1);
      gate('a').open();
      await until(() => ran.includes(`came back to ${then}`), 'the handler came back');
      await alice.settled();
      expect(alice.unread).toEqual([]);
    },
  );

  it('is given up once for each frame, in order', async () => {
    const { host } = slowHost();
    const { connect } = await realtime({ host, inbox: { handlerTimeoutMs: 100 } });
    const alice = await connect('alice');
    for (const id of ['h-1', 'h-2', 'h-3']) alice.send('hang', { gate: 'never', then: 'return' }, id);
    alice.send('fast', { n: 4 }, 'f-4');
    await alice.next('ack');
    expect(alice.unread.map(({ type, reply_to }) => [type, reply_to])).toEqual([
      ['error', 'h-1'],
      ['error', 'h-2'],
      ['error', 'h-3'],
    ]);
  });

  // The test runner fails a test during which a rejection goes unheard.
  it('is told that its reply was not sent, before or after it prepared for that', async () => {
    const { host, gate, ran } = slowHost();
    const { connect, log } = await realtime({ host, inbox: { handlerTimeoutMs: 100 } });
    const alice = await connect('alice');
    expect((await alice.refusal('prepare')).code).toBe('processing_error');
    expect(ran).toEqual(['before the wait: false']);
    gate('prepare').open();
    await until(() => ran.length === 2, 'the handler came back');
    expect(ran[1]).toBe('after the wait: false');
    await alice.settled();
    expect(log.of('error').join()).toContain('undoing failed before the wait: false');
    expect(log.of('error').join()).toContain('undoing failed after the wait: false');
    expect(alice.unread).toEqual([]);
  });
});
