import type { Socket } from 'node:net';
import { realtime, stopAll } from '../support/realtime';
import type { TestClient } from '../support/client';

afterEach(stopAll);

const LONG = 'all work and no play makes a dull stream. '.repeat(100);

/** Bytes that came over a client's socket so far. */
function bytesRead({ ws }: TestClient): number {
  return (ws as unknown as { _socket: Socket })._socket.bytesRead;
}

describe('compressed frames', () => {
  it('are not offered unless the option is on', async () => {
    const { connect } = await realtime();
    expect((await connect('alice')).ws.extensions).toBe('');
  });

  it('are smaller, and say the same to those who take them and those who do not', async () => {
    const { connect, events } = await realtime({ compression: { enabled: true } });
    const alice = await connect('alice');
    const bob = await connect('bob', { perMessageDeflate: false });
    expect([alice.ws.extensions, bob.ws.extensions]).toEqual(['permessage-deflate', '']);
    await alice.join('project:1');
    await bob.join('project:1');
    const before = [bytesRead(alice), bytesRead(bob)];
    await events.emit('task.created', { text: LONG }, { room: 'project:1' });
    const got = await alice.next('task.created');
    expect(got).toMatchObject({ data: { text: LONG }, offset: 1 });
    expect(await bob.next('task.created')).toEqual(got);
    expect(bytesRead(alice) - before[0]).toBeLessThan(400);
    expect(bytesRead(bob) - before[1]).toBeGreaterThan(LONG.length);
  });

  it('are read from clients too, up to the same size', async () => {
    const { connect } = await realtime({ compression: { enabled: true }, connections: { maxMessageBytes: 64 * 1024 } });
    const alice = await connect('alice');
    expect(await alice.request('echo', { text: LONG })).toMatchObject({ type: 'echo', data: { text: LONG } });
    alice.send('echo', { text: LONG.repeat(20) });
    expect((await alice.closed).code).toBe(1009);
  });

  it('are sent plain to a client whose window is too small for ours', async () => {
    const { connect, events } = await realtime({ compression: { enabled: true } });
    const alice = await connect('alice', { perMessageDeflate: { serverMaxWindowBits: 9 } });
    await alice.join('project:1');
    const before = bytesRead(alice);
    await events.emit('task.created', { text: LONG }, { room: 'project:1' });
    expect(await alice.next('task.created')).toMatchObject({ data: { text: LONG } });
    expect(bytesRead(alice) - before).toBeGreaterThan(LONG.length);
  });
});
