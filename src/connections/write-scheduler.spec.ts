import { setImmediate as nextTurn } from 'node:timers/promises';
import { Batch } from './batch';
import { ControlFrame } from './frame';
import { SendQueue } from './send-queue';
import { WriteScheduler } from './write-scheduler';

/** Stands where a socket's outbox would: notes when it was flushed. */
class Noted {
  constructor(
    readonly name: string,
    private readonly log: string[],
    readonly size = 1,
  ) {}

  flush(): void {
    this.log.push(this.name);
  }

  distribute(): never[] {
    this.log.push(this.name);
    return [];
  }
}

function outbox(name: string, log: string[]): SendQueue {
  return new Noted(name, log) as unknown as SendQueue;
}

describe('a turn', () => {
  it('ends by itself: first the sources, then the outboxes, each once', async () => {
    const log: string[] = [];
    const turn = new WriteScheduler();
    turn.addOutbox(outbox('outbox', log));
    turn.schedule(new Noted('room a', log));
    turn.schedule(new Noted('room b', log));
    expect(log).toEqual([]);
    await nextTurn();
    expect(log).toEqual(['room a', 'room b', 'outbox']);
    await nextTurn();
    expect(log).toHaveLength(3);
  });

  it('flushes outboxes that its sources enlist', () => {
    const log: string[] = [];
    const turn = new WriteScheduler();
    turn.schedule({
      size: 1,
      distribute: () => {
        turn.addOutbox(outbox('of the room', log));
        return [];
      },
    });
    turn.flush();
    expect(log).toEqual(['of the room']);
  });

  it('tells what was shared once it is on its way', () => {
    const log: string[] = [];
    const turn = new WriteScheduler();
    const [one, two] = [new Batch([]), new Batch([])];
    turn.shared.subscribe((batches) => log.push(`shared ${batches.map((batch) => [one, two].indexOf(batch)).join()}`));
    for (const batch of [one, two]) turn.schedule({ size: 1, distribute: () => [batch] });
    turn.addOutbox(outbox('outbox', log));
    turn.flush();
    turn.flush();
    expect(log).toEqual(['outbox', 'shared 0,1']);
  });

  it('can be ended early, and goes on with the next one', async () => {
    const log: string[] = [];
    const turn = new WriteScheduler();
    turn.addOutbox(outbox('first', log));
    turn.flush();
    turn.addOutbox(outbox('second', log));
    expect(log).toEqual(['first']);
    await nextTurn();
    expect(log).toEqual(['first', 'second']);
  });

  it('can be ended from within: an outbox that closes its connection flushes again', () => {
    const log: string[] = [];
    const turn = new WriteScheduler();
    const closing = {
      flush: () => {
        turn.addOutbox(outbox('goodbye', log));
        turn.flush();
      },
    } as unknown as SendQueue;
    turn.addOutbox(closing);
    turn.addOutbox(outbox('other', log));
    turn.flush();
    expect(log).toEqual(['goodbye', 'other']);
  });

  describe('waits for more as long as some comes,', () => {
    /** Duration of one turn of the event loop on this test's clock. */
    const STEP_MS = 1 / 16;
    let nowMs: number;

    beforeEach(() => {
      nowMs = 1;
      jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    });
    afterEach(() => jest.restoreAllMocks());

    const busyTurn = (): WriteScheduler => {
      const turn = new WriteScheduler();
      turn.openOutboxes = 10_000;
      return turn;
    };

    /** A turn of the event loop that brings something. */
    async function bringMore(turn: WriteScheduler): Promise<void> {
      turn.sequence(new ControlFrame(Buffer.alloc(1)));
      nowMs += STEP_MS;
      await nextTurn();
    }

    /** How long the turn lasted. */
    async function lasts(turn: WriteScheduler, ...sizes: number[]): Promise<number> {
      const log: string[] = [];
      const since = nowMs;
      for (const size of sizes) turn.schedule(new Noted('room', log, size));
      while (!log.length) await bringMore(turn);
      return nowMs - since;
    }

    it('about as long as writing to all takes, between 1 and 16 ms', async () => {
      const turn = busyTurn();
      for (const [sizes, ms] of [
        [[100_000], 16],
        [[2], 1],
        [[200, 100, 100], 6.4],
        [[1_000], 16],
        [[100], 1.6],
      ] as const) {
        const lasted = await lasts(turn, ...sizes);
        expect(lasted).toBeGreaterThanOrEqual(ms);
        expect(lasted).toBeLessThanOrEqual(ms + 2 * STEP_MS);
      }
    });

    it('and counts nobody twice who is in many rooms', async () => {
      const turn = busyTurn();
      turn.openOutboxes = 100;
      expect(await lasts(turn, 100, 100, 100, 100)).toBeLessThanOrEqual(1.6 + 2 * STEP_MS);
    });

    it('also after it was ended early', async () => {
      const turn = busyTurn();
      const flushes: string[] = [];
      const room = new Noted('room', flushes, 1_000);
      turn.schedule(room);
      turn.flush();
      let seen = 0;
      for (const end = nowMs + 100; nowMs < end;) {
        if (seen !== flushes.length) turn.schedule(room);
        seen = flushes.length;
        await bringMore(turn);
      }
      expect(flushes.length - 1).toBeLessThanOrEqual(100 / 16);
    });
  });

  it('numbers frames in the order they were put in line', () => {
    const turn = new WriteScheduler();
    const frames = [new ControlFrame(Buffer.alloc(1)), new ControlFrame(Buffer.alloc(1))];
    const [first, second] = frames.map((frame) => turn.sequence(frame).seq);
    expect(second).toBeGreaterThan(first);
  });
});
