import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Batch } from './batch';
import { ControlFrame, FramePriority, PublicationFrame } from './frame';
import { SendQueue, OutboxLimits, OutboxOwner } from './send-queue';
import { WriteScheduler } from './write-scheduler';

/** A socket whose other end reads when the test says so. */
class Socket extends Duplex {
  readonly writes: string[] = [];
  open = true;
  #taken: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, taken: () => void): void {
    this.writes.push(chunk.toString());
    if (this.open) taken();
    else this.#taken = taken;
  }

  /** Takes the write under way, and what comes of it. */
  async takeOne(): Promise<void> {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
    await nextTurn();
  }

  async takeAll(): Promise<void> {
    this.open = true;
    while (this.#taken) await this.takeOne();
  }

  get text(): string {
    return this.writes.join('');
  }
}

/** Plain text, with nothing around it. */
class Letter extends ControlFrame {
  constructor(
    text: string,
    override readonly priority: FramePriority = 'reliable',
  ) {
    super(Buffer.from(text));
  }
}

class Owner implements OutboxOwner {
  overflows = 0;
  drops = 0;
  progress = 0;
  pushes = 0;
  bytes = 0;

  overflowed(): void {
    this.overflows++;
  }

  dropped(): void {
    this.drops++;
  }

  progressed(): void {
    this.progress++;
  }

  pushed(): void {
    this.pushes++;
  }

  wrote(bytes: number): void {
    this.bytes += bytes;
  }
}

function start(limits: Partial<OutboxLimits> = {}) {
  const socket = new Socket();
  const owner = new Owner();
  const turn = new WriteScheduler();
  const outbox = new SendQueue(socket, turn, { maxFrames: 4, maxBytes: 1_000, ...limits }, owner);
  const push = (text: string, priority?: FramePriority): void => outbox.push(new Letter(text, priority));
  /** One frame a turn. */
  const each = (texts: string, priority?: FramePriority): void => {
    for (const text of texts) {
      push(text, priority);
      turn.flush();
    }
  };
  return { socket, owner, turn, outbox, push, each };
}

describe('an outbox whose socket takes everything', () => {
  it('writes what one turn brought at once, in the order it was put in line', async () => {
    const { socket, owner, turn, outbox, push } = start();
    const room = [new Letter('b'), new Letter('d')];
    push('a');
    turn.sequence(room[0]);
    push('c');
    turn.sequence(room[1]);
    push('e');
    outbox.share(new Batch(room));
    await nextTurn();
    expect(socket.writes).toEqual(['abcde']);
    expect(outbox.sent).toBe(5);
    expect(owner).toMatchObject({ pushes: 3, bytes: 5 });
    expect(outbox.idle).toBe(true);
  });

  it('merges the batches of several rooms', () => {
    const { socket, turn, outbox } = start();
    const frames = [...'abcd'].map((text) => turn.sequence(new Letter(text)));
    outbox.share(new Batch([frames[0], frames[2]]));
    const second = new Batch([frames[1], frames[3]]);
    outbox.share(second);
    turn.flush();
    expect(socket.writes).toEqual(['abcd']);
    outbox.close();
    outbox.share(second);
    expect(second.recipients).toBe(1);
  });

  it('takes more than its limits in one turn: nothing waits', () => {
    const { socket, turn, owner, push } = start({ maxFrames: 2, maxBytes: 2 });
    for (const text of 'abcdefg') push(text);
    turn.flush();
    expect(socket.text).toBe('abcdefg');
    expect(owner.overflows).toBe(0);
  });
});

describe('an outbox whose socket is full', () => {
  it('keeps what comes, and writes it in order when the socket takes it', async () => {
    const { socket, outbox, owner, each } = start();
    socket.open = false;
    each('abcde');
    expect(socket.writes).toEqual(['a']);
    expect(outbox.idle).toBe(false);
    await socket.takeAll();
    expect(socket.text).toBe('abcde');
    expect(outbox.depth).toBe(0);
    expect(outbox.idle).toBe(true);
    expect(owner.overflows).toBe(0);
  });

  it('overflows with one frame more than may wait', () => {
    const { socket, owner, each } = start({ maxFrames: 4 });
    socket.open = false;
    // One is being written, the next is handed to the socket, four wait.
    each('ab1234');
    expect(owner.overflows).toBe(0);
    each('5');
    expect(owner.overflows).toBe(1);
  });

  it('overflows with one byte more than may wait', () => {
    const { socket, owner, turn, push, each } = start({ maxFrames: 100, maxBytes: 10 });
    socket.open = false;
    each('ab');
    push('1234567890');
    turn.flush();
    expect(owner.overflows).toBe(0);
    each('x');
    expect(owner.overflows).toBe(1);
  });

  it('drops volatile frames first, the oldest first, and only as many as it must', async () => {
    const { socket, owner, outbox, each } = start({ maxFrames: 4 });
    socket.open = false;
    each('ab');
    each('vw', 'volatile');
    each('12');
    expect(owner.drops).toBe(0);
    each('3');
    expect([owner.drops, owner.overflows]).toEqual([1, 0]);
    each('4');
    expect([owner.drops, owner.overflows]).toEqual([2, 0]);
    expect(outbox.sent).toBe(6);
    each('5');
    expect([owner.drops, owner.overflows]).toEqual([2, 1]);
    await socket.takeAll();
    expect(socket.text).toBe('ab12345');
  });

  it('drops a volatile frame that finds no room', async () => {
    const { socket, owner, each } = start({ maxFrames: 4 });
    socket.open = false;
    each('ab1234');
    each('v', 'volatile');
    expect([owner.drops, owner.overflows]).toEqual([1, 0]);
    await socket.takeAll();
    expect(socket.text).toBe('ab1234');
  });

  it('counts as open until it is closed', () => {
    const { turn, outbox } = start();
    expect(turn.openOutboxes).toBe(1);
    outbox.close();
    outbox.close();
    expect(turn.openOutboxes).toBe(0);
  });

  it('keeps nothing once it is closed', async () => {
    const { socket, outbox, each } = start();
    socket.open = false;
    each('abcd');
    outbox.close();
    each('e');
    await socket.takeAll();
    expect(socket.text).toBe('ab');
    expect(outbox.depth).toBe(0);
  });
});

describe('a replay', () => {
  const KIB = 1024;
  const stored = (i: number) => new PublicationFrame(Buffer.alloc(10 * KIB, `${i % 10}`), '.', 'replay');

  it('does not count against the limits, whatever its length, and leaves piece by piece', async () => {
    const { socket, owner, outbox, turn, push, each } = start({ maxFrames: 4, maxBytes: KIB });
    socket.open = false;
    push('<');
    for (let i = 0; i < 50; i++) outbox.push(stored(i));
    push('>');
    turn.flush();
    each('abc');
    expect(owner.overflows).toBe(0);
    expect(outbox.replaying).toBe(true);
    while (outbox.depth) await socket.takeOne();
    await socket.takeAll();
    expect(outbox.replaying).toBe(false);
    expect(Math.max(...socket.writes.map(({ length }) => length))).toBeLessThanOrEqual(64 * KIB);
    const expected = Array.from({ length: 50 }, (_, i) => stored(i).encode('json').toString()).join('');
    expect(socket.text).toBe(`<${expected}>abc`);
  });

  it('is over for its owner when its last piece has left, though later frames still wait', async () => {
    const { socket, owner, outbox, turn, each } = start();
    socket.open = false;
    for (let i = 0; i < 12; i++) outbox.push(stored(i));
    turn.flush();
    while (outbox.replaying) await socket.takeOne();
    const { progress } = owner;
    each('abc');
    await socket.takeOne();
    expect(owner.progress).toBe(progress + 1);
    expect(outbox.replaying).toBe(false);
    await socket.takeAll();
    expect(socket.text.endsWith('abc')).toBe(true);
  });

  it('that is short leaves in one write with the rest of its turn', () => {
    const { socket, outbox, turn, push } = start();
    push('<');
    outbox.push(new PublicationFrame(Buffer.from('{'), '}', 'replay'));
    push('>');
    turn.flush();
    expect(socket.writes).toEqual(['<\x81\x02{}>'.replace('\x81', '\ufffd')]);
  });
});
