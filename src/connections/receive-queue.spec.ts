import { Clock } from '../async/clock';
import { InboundFrame } from './inbound-frame';
import { ReceiveQueue, InboxLimits, InboxOwner } from './receive-queue';

const LIMITS: InboxLimits = { maxFrames: 3, maxBytes: 100, handlerTimeoutMs: 1000 };

/** Notes what its inbox asks of it; frames that begin with "slow" take until `finish`. */
class Owner implements InboxOwner {
  readonly handled: string[] = [];
  readonly asked: string[] = [];
  readonly givenUp: unknown[] = [];
  readonly inbox: ReceiveQueue;
  holding = false;
  #finish: ((how: 'ok' | 'fail') => void)[] = [];

  constructor(limits: Partial<InboxLimits> = {}) {
    this.inbox = new ReceiveQueue(this, { ...LIMITS, ...limits }, new Clock());
  }

  handle(bytes: Buffer): void | Promise<void> {
    const text = bytes.toString();
    this.handled.push(text);
    this.inbox.current = new InboundFrame(text, {}, undefined);
    if (!text.startsWith('slow')) return;
    return new Promise((resolve, reject) => {
      this.#finish.push((how) => (how === 'ok' ? resolve() : reject(new Error('a defect'))));
    });
  }

  timedOut(frame: InboundFrame | undefined): void {
    this.givenUp.push(frame?.type);
  }

  held(): boolean {
    return this.holding;
  }

  pause(): void {
    this.asked.push('pause');
  }

  resume(): void {
    this.asked.push('resume');
  }

  push(...frames: string[]): void {
    for (const frame of frames) this.inbox.push(Buffer.from(frame));
  }

  /** Ends the handler that started first of those still running. */
  async finish(how: 'ok' | 'fail' = 'ok'): Promise<void> {
    this.#finish.shift()!(how);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function opened(limits: Partial<InboxLimits> = {}): Owner {
  const owner = new Owner(limits);
  owner.inbox.open();
  return owner;
}

describe('ReceiveQueue', () => {
  it('keeps frames until admission is over', () => {
    const owner = new Owner();
    owner.push('a', 'b');
    expect(owner.handled).toEqual([]);
    owner.inbox.open();
    expect(owner.handled).toEqual(['a', 'b']);
    expect(owner.inbox.idle).toBe(true);
  });

  it('handles one frame at a time, in order', async () => {
    const owner = opened();
    owner.push('slow 1', 'b', 'slow 2', 'c');
    expect(owner.handled).toEqual(['slow 1']);
    expect(owner.inbox.idle).toBe(false);
    await owner.finish();
    expect(owner.handled).toEqual(['slow 1', 'b', 'slow 2']);
    await owner.finish();
    expect(owner.handled).toEqual(['slow 1', 'b', 'slow 2', 'c']);
  });

  it('goes on after a handler that failed', async () => {
    const owner = opened();
    owner.push('slow 1', 'b');
    await owner.finish('fail');
    expect(owner.handled).toEqual(['slow 1', 'b']);
  });

  it('stops the reading when it is full, and goes on reading when it is not', async () => {
    const owner = opened();
    owner.push('slow 1', 'b', 'slow 2');
    expect(owner.asked).toEqual([]);
    owner.push('c', 'd');
    expect([owner.asked, owner.inbox.paused]).toEqual([['pause'], true]);
    await owner.finish();
    expect([owner.asked, owner.inbox.paused]).toEqual([['pause', 'resume'], false]);
    await owner.finish();
    expect(owner.handled).toEqual(['slow 1', 'b', 'slow 2', 'c', 'd']);
  });

  it('is full by bytes, too', () => {
    const owner = opened({ maxFrames: 1000 });
    owner.push('slow 1', 'x'.repeat(99));
    expect(owner.asked).toEqual([]);
    owner.push('x');
    expect(owner.asked).toEqual(['pause']);
  });

  it('gives up a handler that takes too long, and is not disturbed when it comes back', async () => {
    const owner = opened();
    owner.push('slow 1', 'slow 2', 'c');
    const now = Date.now();
    owner.inbox.expire(now + 900);
    expect(owner.givenUp).toEqual([]);
    owner.inbox.expire(now + 1100);
    expect(owner.givenUp).toEqual(['slow 1']);
    expect(owner.handled).toEqual(['slow 1', 'slow 2']);
    await owner.finish();
    expect(owner.handled).toEqual(['slow 1', 'slow 2']);
    await owner.finish();
    expect(owner.handled).toEqual(['slow 1', 'slow 2', 'c']);
  });

  it('waits while its owner holds it, and gives nobody up meanwhile', () => {
    const owner = opened();
    owner.holding = true;
    owner.push('a', 'b');
    owner.inbox.expire(Date.now() + 60_000);
    expect([owner.handled, owner.givenUp]).toEqual([[], []]);
    owner.holding = false;
    owner.inbox.next();
    expect(owner.handled).toEqual(['a', 'b']);
  });

  it('forgets what waits when it is closed, and takes nothing any more', async () => {
    const owner = opened();
    owner.push('slow 1', 'b');
    owner.inbox.close();
    owner.push('c');
    await owner.finish();
    expect(owner.handled).toEqual(['slow 1']);
    expect(owner.inbox.idle).toBe(true);
  });
});
