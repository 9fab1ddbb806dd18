import type { TestClient } from '../support/client';
import { pulseDuring } from '../support/pulse';
import { clientFrame, RawSocket, upgradeRequest } from '../support/raw-socket';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

const KIB = 1024;
const MAX = 512 * KIB;

describe('bytes that break the WebSocket protocol or its limits', () => {
  const attacks: [string, number, (client: TestClient) => void][] = [
    ['a frame over 512 KiB', 1009, (client) => client.raw('x'.repeat(MAX + 1))],
    ['a binary frame', 1003, (client) => client.raw(Buffer.from('{"type":"ping"}'))],
    ['invalid UTF-8', 1007, (client) => client.ws.send(Buffer.from([0x7b, 0xff, 0x7d]), { binary: false })],
    [
      'more than 1,024 fragments',
      1008,
      (client) => {
        for (let i = 0; i <= 1024; i++) client.ws.send(i ? ' ' : '{"type":"ping"}', { fin: i === 1024 });
      },
    ],
    [
      'fragments of more than 512 KiB together',
      1009,
      (client) => {
        for (let i = 0; i <= 8; i++) client.ws.send('x'.repeat(64 * KIB), { fin: i === 8 });
      },
    ],
  ];

  it.each(attacks)('%s: the close code says which (%i)', async (_name, code, attack) => {
    const { connect, log } = await realtime();
    const harm = async (): Promise<void> => {
      const alice = await connect('alice');
      attack(alice);
      expect((await alice.closed).code).toBe(code);
    };
    expect(await pulseDuring(await connect('bob'), harm)).toBeLessThan(100);
    expect([...log.of('error'), ...log.of('warn').slice(1)]).toEqual([]);
  });

  it.each([
    ['an unknown opcode', clientFrame('x', { opcode: 3 })],
    ['a frame without a mask', Buffer.from([0x81, 1, 0x7b])],
    ['reserved bits', Buffer.concat([Buffer.from([0xf1]), clientFrame('x').subarray(1)])],
    ['a ping in fragments', clientFrame('x', { opcode: 9, final: false })],
    ['a continuation of nothing', clientFrame('x', { opcode: 0 })],
    ['a close code that must not be sent', clientFrame(Buffer.from([0x03, 0xed]), { opcode: 8 })],
  ])('%s: 1002', async (_name, bytes) => {
    const { port } = await realtime();
    const raw = await RawSocket.open(port);
    raw.write(upgradeRequest({ headers: { Authorization: `Bearer ${tokenFor('alice')}` } }));
    await raw.frames(1);
    raw.write(bytes);
    expect(await raw.closeCode()).toBe(1002);
  });

  it('takes 512 KiB, and 1,024 fragments', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    const frame = '{"type":"echo","data":{"a":""}}';
    alice.raw(frame.replace('""', `"${'x'.repeat(MAX - frame.length)}"`));
    expect((await alice.next('echo')).data.a).toHaveLength(MAX - frame.length);
    for (let i = 1; i <= 1024; i++) alice.ws.send(i > 1 ? ' ' : '{"type":"ping"}', { fin: i === 1024 });
    await alice.next('pong');
  });
});
