import * as fc from 'fast-check';
import { play, steps } from '../support/random-rooms';

describe('following rooms, whatever happens in whatever order', () => {
  it('has no hole, no repeat, no disorder, and is never recovered with something missing', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        expect(await play(steps)).toEqual([]);
      }),
      { numRuns: 700 },
    );
  }, 60_000);
});
