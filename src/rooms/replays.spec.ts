import { Subject } from 'rxjs';
import type { Connection } from '../connections/connection';
import type { Closed, Connections } from '../connections/connections';
import { HistoryOptions } from '../publishing/history.options';
import { Replays } from './replays';

const options = { ...new HistoryOptions(), maxReplays: 3, maxReplaysPerUser: 2 };

function start() {
  const closed = new Subject<Closed>();
  const replays = new Replays(undefined as never, options, undefined as never, { closed } as unknown as Connections);
  return { replays, closed };
}

const of = (userId: string) => ({ userId }) as Connection;

/** Whether it began within the turn. */
async function begins(entering: Promise<unknown>): Promise<boolean> {
  let begun = false;
  void entering.then(() => (begun = true));
  await new Promise(setImmediate);
  return begun;
}

describe('replays under way', () => {
  it('are so many of a user; the next begins when one ends, once', async () => {
    const { replays } = start();
    const [first] = [await replays.enter(of('alice')), await replays.enter(of('alice'))];
    const [third, fourth] = [replays.enter(of('alice')), replays.enter(of('alice'))];
    expect(await begins(third)).toBe(false);
    first();
    first();
    expect(await begins(third)).toBe(true);
    expect(await begins(fourth)).toBe(false);
  });

  it('are so many on a node; who waits for its user lets others pass', async () => {
    const { replays } = start();
    const [end] = [await replays.enter(of('alice')), await replays.enter(of('alice'))];
    const another = replays.enter(of('alice'));
    const endBob = await replays.enter(of('bob'));
    const carol = replays.enter(of('carol'));
    expect(await begins(carol)).toBe(false);
    endBob();
    expect(await begins(carol)).toBe(true);
    expect(await begins(another)).toBe(false);
    end();
    expect(await begins(another)).toBe(true);
    expect(replays.count).toBe(3);
  });

  it('are not begun for a connection that closed meanwhile', async () => {
    const { replays, closed } = start();
    await replays.enter(of('alice'));
    await replays.enter(of('alice'));
    const connection = of('alice');
    const waiting = replays.enter(connection);
    closed.next({ connection, code: 1000 });
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are refused when too many of a user wait', async () => {
    const { replays } = start();
    for (let n = 0; n < 2 + 32; n++) void replays.enter(of('alice'));
    await expect(replays.enter(of('alice'))).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 1000 });
    expect(await begins(replays.enter(of('bob')))).toBe(true);
  });
});
