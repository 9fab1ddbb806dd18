import { MemoryBackplane } from '../../src';
import { MemoryReplyStore } from '../../src/gateway/idempotency/memory-reply-store';

// A program that needs --expose-gc: fills streams or replies, and prints the bytes that are reported and held.

const [, , scenario] = process.argv;
const MIB = 1024 * 1024;
let ids = 0;

/** Garbage of other sizes in between, as in a server that does other things, too. */
const publication = (bytes: number, publisher?: string, once = true) => ({
  id: `id-of-a-publication-${++ids}`.padEnd(21),
  body: Buffer.from('x'.repeat(bytes - 8) + String(ids).padStart(8)),
  delivery: 'reliable' as const,
  publisher,
  once,
});

function held(): number {
  for (let i = 0; i < 3; i++) global.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function fill(
  backplane: MemoryBackplane,
  rooms: number,
  each: number,
  bytes: number,
  user?: string,
  once = true,
) {
  for (let n = 0; n < each; n++) {
    for (let room = 0; room < rooms; room++) await backplane.publish(`project:${room}`, publication(bytes, user, once));
  }
}

const SCENARIOS: Record<string, () => Promise<{ reported: () => number }>> = {
  small: () => streams((backplane) => fill(backplane, 50, 1000, 100)),
  chat: () => streams((backplane) => fill(backplane, 50, 1000, 300, 'alice', false)),
  large: () => streams((backplane) => fill(backplane, 10, 100, 64 * 1024, 'alice')),
  'many rooms': () => streams((backplane) => fill(backplane, 20_000, 1, 300, 'alice', false)),
  'few in many rooms': () => streams((backplane) => fill(backplane, 5_000, 10, 300)),
  churn: () =>
    streams(async (backplane) => {
      for (let round = 0; round < 40; round++) await fill(backplane, 100, 100, 100 + 50 * (round % 9));
    }),
  replies: () => replies(20_000, 60),
  'large replies': () => replies(2_000, 10_000),
  'replies of other scripts': () => replies(20_000, 60, 'ж'),
};

async function streams(work: (backplane: MemoryBackplane) => Promise<void>) {
  const backplane = new MemoryBackplane();
  const limitsOf = () => ({ maxPublications: 1000, maxAgeMs: 60_000, maxBytes: 16 * MIB });
  backplane.configure({ limitsOf, maxTotalBytes: 64 * MIB, maxBytesPerUser: 64 * MIB });
  await work(backplane);
  return { reported: () => backplane.bytes };
}

async function replies(count: number, size: number, letter = 'x') {
  const store = new MemoryReplyStore({ windowMs: 60_000, maxReplies: 1e6, maxBytes: 32 * MIB });
  for (let n = 0; n < count; n++) {
    const key = `message-${n}\0\0user-${n % 100}\0project:${n % 50}`;
    void store.claim(key);
    store.executionId(key);
    store.keep(key, { type: 'ack', data: { id: `${n}`, text: letter.repeat(size) } });
  }
  return { reported: () => store.bytes };
}

async function main(): Promise<void> {
  const before = held();
  const filled = await SCENARIOS[scenario]();
  const now = held() - before;
  console.log(JSON.stringify({ held: now, reported: filled.reported() }));
}

void main();
