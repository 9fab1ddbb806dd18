import { createHistogram } from 'node:perf_hooks';
import { withoutCoreMs } from '../support/pulse';

const TICK_MS = 1;

/** How late the event loop came to a timer of 1 ms, not counting what it waited for a core. */
export interface LoopDelay {
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
}

/**
 * What `monitorEventLoopDelay` measures, but for the time in which other processes had the core: a benchmark's own
 * clients take it away too.
 */
export class LoopWatch {
  #late = createHistogram();
  #timer: NodeJS.Timeout | undefined;
  #last = 0;

  start(): void {
    this.#late = createHistogram();
    this.#last = ownTime();
    this.#timer = setInterval(() => this.#sample(), TICK_MS);
  }

  stop(): LoopDelay {
    clearInterval(this.#timer);
    return { loopP99Ms: this.#late.percentile(99) / 1000, loopMaxMs: this.#late.max / 1000 };
  }

  #sample(): void {
    const now = ownTime();
    this.#late.record(Math.max(1, Math.round((now - this.#last - TICK_MS) * 1000)));
    this.#last = now;
  }
}

function ownTime(): number {
  return performance.now() - withoutCoreMs();
}
