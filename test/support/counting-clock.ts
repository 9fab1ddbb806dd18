import type { Clock } from '../../src/client';

/** The system's time, which knows what is still to come. */
export class CountingClock implements Clock {
  pending = 0;

  now(): number {
    return performance.now();
  }

  after(ms: number, run: () => void): () => void {
    this.pending++;
    let open = true;
    const done = (): void => {
      if (open) this.pending--;
      open = false;
    };
    const timer = setTimeout(() => {
      done();
      run();
    }, ms);
    return () => {
      clearTimeout(timer);
      done();
    };
  }
}
