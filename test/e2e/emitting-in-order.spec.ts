import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

describe('the order of frames', () => {
  it('keeps replies and publications of one turn as they happened', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    await alice.join('chat:1');
    const frames = Array.from({ length: 30 }, (_, i) => [
      { type: 'ping', data: { n: i }, message_id: `p-${i}` },
      { type: 'chat', data: { room: 'chat:1', text: `${i}` }, message_id: `c-${i}` },
    ]).flat();
    // Written at once, so that the server reads them in one turn.
    alice.ws.pause();
    for (const frame of frames) alice.raw(JSON.stringify(frame));
    alice.ws.resume();
    for (let i = 0; i < 30; i++) await alice.next('ack');
    const came = alice.frames.slice(2).map(({ type, data, reply_to, offset }) => [type, reply_to ?? data.text, offset]);
    const expected = Array.from({ length: 30 }, (_, i) => [
      ['pong', `p-${i}`, undefined],
      ['chat', `${i}`, i + 1],
      ['ack', `c-${i}`, undefined],
    ]).flat();
    expect(came).toEqual(expected);
  });

  it('is the same for all members of a room, and dense, however many speak at once', async () => {
    const { connect } = await realtime();
    const clients = await Promise.all(Array.from({ length: 5 }, (_, i) => connect(`user${i}`)));
    for (const client of clients) await client.join('chat:1');
    for (let i = 0; i < 40; i++) for (const client of clients) client.send('chat', { room: 'chat:1', text: `${i}` });
    const seen = [];
    for (const client of clients) {
      for (let i = 0; i < 40; i++) await client.next('ack');
      await client.settled();
    }
    for (const client of clients) {
      await client.settled();
      seen.push(
        client.frames.filter(({ type }) => type === 'chat').map(({ offset, data }) => `${offset} ${data.id as string}`),
      );
    }
    expect(seen[0].map((line) => Number.parseInt(line, 10))).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    for (const each of seen) expect(each).toEqual(seen[0]);
  });

  it('is, over several busy rooms, the order in which it was emitted', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    const rooms = ['a', 'b', 'c', 'd'];
    for (const room of rooms) await alice.join(room);
    const emitted: Promise<unknown>[] = [];
    for (let n = 0; n < 300; n++) {
      const delivery = n % 7 ? 'reliable' : 'volatile';
      emitted.push(events.emit('task.created', { n }, { room: rooms[(n * n) % 4], delivery }));
      if (n % 25 === 0) await new Promise(setImmediate);
    }
    await Promise.all(emitted);
    await alice.settled();
    expect(alice.unread.map(({ data }) => data.n)).toEqual(Array.from({ length: 300 }, (_, n) => n));
  });

  it('holds over joins and leaves in the middle of a burst', async () => {
    const { connect, events } = await realtime();
    const alice = await connect('alice');
    const emitted: Promise<unknown>[] = [];
    alice.ws.pause();
    for (let i = 0; i < 20; i++) {
      alice.send('join_room', { room: 'a' }, `j-${i}`);
      alice.send('ping', {}, `p-${i}`);
      alice.send('leave_room', { room: 'a' }, `l-${i}`);
    }
    alice.ws.resume();
    for (let n = 1; n <= 200; n++) {
      emitted.push(events.emit('task.created', { n }, { room: 'a' }));
      if (n % 3 === 0) await new Promise(setImmediate);
    }
    await Promise.all(emitted);
    await alice.settled();
    let position: number | undefined;
    for (const frame of alice.frames.slice(1)) {
      if (frame.type === 'room_joined') position = frame.data.offset as number;
      else if (frame.type === 'room_left') position = undefined;
      else if (frame.type === 'task.created') expect(frame.offset).toBe(++position!);
    }
    const replies = alice.frames.flatMap(({ reply_to }) => reply_to ?? []).slice(0, 60);
    expect(replies).toEqual(Array.from({ length: 20 }, (_, i) => [`j-${i}`, `p-${i}`, `l-${i}`]).flat());
  });
});
