import { Histogram } from './histogram';

describe('a histogram', () => {
  it('counts what is at most each bound, and all', () => {
    const histogram = new Histogram([1, 10]);
    for (const value of [0, 1, 1.5, 10, 11]) histogram.observe(value);
    expect(histogram.cumulative).toEqual([2, 4, 5]);
    expect(histogram.sum).toBe(23.5);
  });

  it('takes the same value many times at once', () => {
    const histogram = new Histogram([1, 10]);
    histogram.observe(2, 1000);
    expect(histogram.cumulative).toEqual([0, 1000, 1000]);
    expect(histogram.sum).toBe(2000);
  });
});
