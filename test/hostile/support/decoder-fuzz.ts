import { decode } from '@msgpack/msgpack';
import { decodeMsgpackFrame } from '../../../src/connections/msgpack';
import { decodeFrame, MalformedFrame } from '../../../src/protocol/codec';
import type { ClientFrame } from '../../../src/protocol/frames';
import { Random } from '../../../src/testing/random';
import { FuzzedFrames, MAX_BYTES } from './fuzzed-frames';

// Decodes so many frames of a seed, JSON and MessagePack by turns, and prints what they cost. It ends with an error at
// the first that is not read or refused as it should be, or costs too much.

/** What a frame may hold the event loop for. */
const MAX_MS = 10;
const MAX_ALLOCATED = 10 * MAX_BYTES;
/** A busy machine makes some of them slow; a frame that is slow is so each time. */
const ATTEMPTS = 40;

type Decoder = (bytes: Buffer) => ClientFrame;

const [, , seed, count] = process.argv;
const report = { read: 0, refused: 0, slowestMs: 0, mostAllocated: 0 };

const json: Decoder = (bytes) => decodeFrame(bytes.toString());
const msgpack: Decoder = (bytes) => decodeMsgpackFrame(bytes, MAX_BYTES);

function read(decoder: Decoder, bytes: Buffer): ClientFrame | undefined {
  try {
    return decoder(bytes);
  } catch (error) {
    if (error instanceof MalformedFrame) return undefined;
    throw error;
  }
}

/** The library reserves what it is told to, so it reads only what was found to be true. */
function compare(bytes: Buffer, frame: ClientFrame): void {
  const text = JSON.stringify(frame);
  if (text.includes('__proto__')) return;
  const { type, data, message_id } = decode(bytes) as ClientFrame;
  if (JSON.stringify({ type, data, message_id }) !== text) throw new Error('it is not what the library reads');
}

function measure(decoder: Decoder, bytes: Buffer): { ms: number; allocated: number } {
  gc!({ type: 'minor' });
  const heap = process.memoryUsage().heapUsed;
  const before = process.cpuUsage();
  read(decoder, bytes);
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, allocated: process.memoryUsage().heapUsed - heap };
}

function check(decoder: Decoder, bytes: Buffer): void {
  const frame = read(decoder, bytes);
  if (frame && decoder === msgpack) compare(bytes, frame);
  const { allocated, ...first } = measure(decoder, bytes);
  let { ms } = first;
  for (let i = 1; i < ATTEMPTS && ms > MAX_MS; i++) ms = Math.min(ms, measure(decoder, bytes).ms);
  if (ms > MAX_MS) throw new Error(`it took ${ms} ms`);
  if (allocated > MAX_ALLOCATED) throw new Error(`it allocated ${allocated} bytes`);
  report[frame ? 'read' : 'refused']++;
  report.slowestMs = Math.max(report.slowestMs, ms);
  report.mostAllocated = Math.max(report.mostAllocated, allocated);
}

const frames = new FuzzedFrames(new Random(Number(seed)));
for (let i = 0; i < Number(count); i++) {
  const [name, decoder, bytes] =
    i % 2 ? (['MessagePack', msgpack, frames.msgpack()] as const) : (['JSON', json, frames.json()] as const);
  try {
    check(decoder, bytes);
  } catch (error) {
    console.error(`seed ${seed}, frame ${i}, ${name} of ${bytes.length} bytes, ${bytes.toString('hex', 0, 200)}…`);
    throw error;
  }
}
console.log(JSON.stringify(report));
