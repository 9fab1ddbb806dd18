import { withoutCoreMs } from './pulse';

/** The longest time this process' event loop did not turn while some work was done, milliseconds, without a core's lack. */
export async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = busyMs();
  let watching = true;
  const turn = (): void => {
    const now = busyMs();
    longest = Math.max(longest, now - last);
    last = now;
    if (watching) setTimeout(turn);
  };
  // Not in each turn: whoever never sleeps is made to wait by a busy machine, and waits for its own threads as well.
  setTimeout(turn);
  await work();
  watching = false;
  return longest;
}

function busyMs(): number {
  return performance.now() - withoutCoreMs();
}
