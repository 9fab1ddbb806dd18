import { once } from 'node:events';
import { Writable } from 'node:stream';
import * as ws from 'ws';
import { Frame, framedBytes, PING_FRAME, pongFrame, StoredFrame, textFrame } from './frame';

/** Known to ws, but not to its types. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

/** What `ws` reads out of bytes. */
async function readBack(bytes: Buffer, kind: 'message' | 'ping' | 'pong' = 'message'): Promise<string> {
  const receiver = new Receiver({ isServer: false });
  const read = once(receiver, kind) as Promise<[Buffer]>;
  receiver.write(bytes);
  return (await read)[0].toString();
}

describe('a frame on the wire', () => {
  // Around the lengths where the header grows.
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])('is what ws reads back, of %i bytes', async (length) => {
    const text = 'x'.repeat(length);
    expect(await readBack(textFrame(text))).toBe(text);
    expect(await readBack(framedBytes(Buffer.from(text), '}'))).toBe(`${text}}`);
  });

  it('counts the bytes of characters, not their number', async () => {
    const text = 'ä€𝄞'.repeat(40);
    expect(await readBack(textFrame(text))).toBe(text);
    expect(await readBack(framedBytes(Buffer.from(text), ',"offset":12}'))).toBe(`${text},"offset":12}`);
  });

  it('is a ping, or a pong with the payload of the ping', async () => {
    expect(await readBack(PING_FRAME, 'ping')).toBe('');
    expect(await readBack(pongFrame(Buffer.alloc(125, 'p')), 'pong')).toBe('p'.repeat(125));
  });

  it.each([100, 110, 120, 130, 65_530, 70_000])('is framed later the same, out of a stored body of %i', (length) => {
    const body = Buffer.alloc(length, 'b');
    const stored = new StoredFrame(body, ',"offset":7}');
    const now = new Frame(framedBytes(body, ',"offset":7}'));
    expect(stored.in('json')).toEqual(now.bytes);
    expect(stored.length).toBe(now.length);
  });
});
