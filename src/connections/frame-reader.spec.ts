import fc from 'fast-check';
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { FrameReader } from './frame-reader';

const MAX_BYTES = 60_000;
const UPGRADE = {
  method: 'GET',
  headers: {
    upgrade: 'websocket',
    connection: 'upgrade',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
  },
} as unknown as IncomingMessage;
const server = new WebSocketServer({ noServer: true, maxPayload: MAX_BYTES, maxFragments: 4 });

/** The server's end of a connection, into which a test puts what the client sent. */
class Socket extends Duplex {
  readonly written: string[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk.toString('hex'));
    done();
  }
}

/** What `ws` makes of these chunks, with the reader before it or without: messages, pings, answers and the end. */
async function heard(chunks: readonly Buffer[], withReader: boolean): Promise<string[]> {
  const socket = new Socket();
  const log: string[] = [];
  const received = (bytes: Buffer, binary: boolean): void =>
    void log.push(`${binary ? 'binary' : 'text'} ${bytes.toString('hex')}`);
  server.handleUpgrade(UPGRADE, socket, Buffer.alloc(0), (ws) => {
    listen(ws, received, log);
    if (withReader) FrameReader.attach(ws, socket, { received, arrived: () => undefined }, MAX_BYTES);
  });
  socket.written.length = 0;
  for (const chunk of chunks) {
    socket.push(Buffer.from(chunk));
    await turn();
  }
  socket.destroy();
  await turn();
  return [...log, ...socket.written];
}

function listen(ws: WebSocket, received: (bytes: Buffer, binary: boolean) => void, log: string[]): void {
  ws.on('message', received);
  ws.on('ping', (payload) => log.push(`ping ${payload.toString('hex')}`));
  ws.on('error', (error) => log.push(`error ${error.message}`));
  ws.on('close', (code) => log.push(`close ${code}`));
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

interface Sent {
  readonly first: number;
  readonly payload: Uint8Array;
  readonly mask: Uint8Array | undefined;
}

function toBytes({ first, payload, mask }: Sent): Buffer {
  const length = payload.length;
  const head = length < 126 ? [length] : length < 65_536 ? [126, length >> 8, length & 255] : [127, 0, 0, 0, 0];
  const rest = length < 65_536 ? [] : [(length >> 24) & 255, (length >> 16) & 255, (length >> 8) & 255, length & 255];
  head[0] |= mask ? 0x80 : 0;
  return Buffer.concat([
    Buffer.from([first, ...head, ...rest]),
    mask ?? Buffer.alloc(0),
    payload.map((byte, i) => byte ^ (mask?.[i & 3] ?? 0)),
  ]);
}

/** Cut where a frame begins, or so many bytes behind that. */
interface Cut {
  readonly frame: number;
  readonly behind: number;
}

function inChunks(frames: readonly Buffer[], cuts: readonly Cut[]): Buffer[] {
  const bytes = Buffer.concat(frames);
  const startOf = (frame: number): number => Buffer.concat(frames.slice(0, frame)).length;
  const places = cuts.map(({ frame, behind }) => startOf(frame % frames.length) + behind);
  const at = [...new Set(places)].filter((place) => place < bytes.length).sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length)).filter(({ length }) => length);
}

const text = fc.string({ unit: 'grapheme', maxLength: 200 }).map((value) => Buffer.from(value));
const payload = fc.oneof(
  { weight: 6, arbitrary: text },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 10 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(125, 126, 127, 65_535, 65_536, MAX_BYTES, MAX_BYTES + 1).map((n) => Buffer.alloc(n, 97)),
  },
);
const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
const frame: fc.Arbitrary<Sent> = fc.record({
  // Mostly whole messages; parts of one, pings, pongs, and what no client may send.
  first: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(0x81, 0x82) },
    { weight: 3, arbitrary: fc.constantFrom(0x01, 0x00, 0x80, 0x89, 0x8a) },
    { weight: 1, arbitrary: fc.constantFrom(0x88, 0x83, 0xc1) },
  ),
  payload,
  mask: fc.oneof({ weight: 12, arbitrary: mask }, { weight: 1, arbitrary: fc.constant(undefined) }),
});

describe('A frame reader', () => {
  it('hears what ws alone would hear, however the bytes are cut', async () => {
    const frames = fc.array(frame, { minLength: 1, maxLength: 12 });
    const behind = fc.oneof(fc.constant(0), fc.nat({ max: 16 }), fc.nat({ max: 70_000 }));
    const cuts = fc.array(fc.record({ frame: fc.nat({ max: 11 }), behind }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(frames, cuts, async (sent, where) => {
        const chunks = inChunks(sent.map(toBytes), where);
        expect(await heard(chunks, true)).toEqual(await heard(chunks, false));
      }),
      { numRuns: 1000 },
    );
  });

  it('reads on behind a header that was cut, though the rest of it looks like the beginning of a frame', async () => {
    const mask = Buffer.from([0x81, 0xe0, 3, 4]);
    const [one, two] = ['1', '22'].map((said) => toBytes({ first: 0x81, payload: Buffer.from(said), mask }));
    const chunks = [one.subarray(0, 1), Buffer.concat([one.subarray(1), two]), two];
    expect(await heard(chunks, true)).toEqual(['text 31', 'text 3232', 'text 3232', 'close 1006']);
  });

  it('leaves a socket alone that somebody else reads, too', () => {
    const socket = new Socket();
    server.handleUpgrade(UPGRADE, socket, Buffer.alloc(0), (ws) => {
      socket.on('data', () => undefined);
      const before = socket.listeners('data');
      const attached = FrameReader.attach(
        ws,
        socket,
        { received: () => undefined, arrived: () => undefined },
        MAX_BYTES,
      );
      expect(attached).toBe(false);
      expect(socket.listeners('data')).toEqual(before);
    });
    socket.destroy();
  });
});
