import { once } from 'node:events';
import { Writable } from 'node:stream';
import * as ws from 'ws';
import { beginPublication } from '../protocol/codec';
import { Frame, joined, PING_FRAME, pongFrame, PublicationFrame, TextFrame } from './frame';

/** Known to ws, but not to its types. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

/** What `ws` reads out of bytes. */
async function readBack(bytes: Buffer, kind: 'message' | 'ping' | 'pong' = 'message'): Promise<string> {
  const receiver = new Receiver({ isServer: false });
  const read = once(receiver, kind) as Promise<[Buffer]>;
  receiver.write(bytes);
  return (await read)[0].toString();
}

const published = (text: string, end: string): Frame => new PublicationFrame(Buffer.from(text), end, 'reliable');

describe('a frame on the wire', () => {
  // Around the lengths where the header grows.
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])('is what ws reads back, of %i bytes', async (length) => {
    const text = 'x'.repeat(length);
    expect(await readBack(new TextFrame(text, 'pong').encode('json'))).toBe(text);
    expect(await readBack(published(text, '}').encode('json'))).toBe(`${text}}`);
  });

  it('counts the bytes of characters, not their number', async () => {
    const text = 'ä€𝄞'.repeat(40);
    expect(await readBack(new TextFrame(text, 'pong').encode('json'))).toBe(text);
    expect(await readBack(published(text, ',"offset":12}').encode('json'))).toBe(`${text},"offset":12}`);
  });

  it('is a ping, or a pong with the payload of the ping', async () => {
    expect(await readBack(PING_FRAME, 'ping')).toBe('');
    expect(await readBack(pongFrame(Buffer.alloc(125, 'p')), 'pong')).toBe('p'.repeat(125));
  });

  it('tells its type, and when it was published, whatever its data say', () => {
    const data = { type: 'no', text: '"timestamp":"2000-01-01T00:00:00.000Z"', timestamp: '2001-01-01T00:00:00.000Z' };
    const body = beginPublication('task.created', data, 'm1', '2027-02-01T09:00:00.120Z', 'a:"timestamp":"x');
    const frame = published(body, ',"offset":1}');
    expect(frame.type).toBe('task.created');
    expect(frame.publishedAt).toBe(Date.UTC(2027, 1, 1, 9, 0, 0, 120));
    expect(published('{"type":"odd"', '}').publishedAt).toBeUndefined();
  });

  it.each([0, 124, 126, 65_530, 70_000])('is the same among others as alone, of %i characters', (length) => {
    const frames = [new TextFrame('ä'.repeat(length), 'pong'), published('ä'.repeat(length), '}'), published('b', '}')];
    const alone = frames.map((frame) => frame.encode('json'));
    expect(joined(frames, 'json')).toEqual(Buffer.concat(alone));
    expect(frames.map((frame) => frame.length)).toEqual(alone.map((bytes) => bytes.length));
  });
});
