import { DEFAULT_LIMITS, RoomLimits } from './room-limits';

const few = { maxPublications: 2, maxAgeMs: 1000 };
const limits = new RoomLimits();

afterAll(() => limits.close());

describe('the limits of rooms', () => {
  it('are what was told last', () => {
    limits.set('a', DEFAULT_LIMITS);
    limits.set('a', few);
    expect(limits.of('a')).toBe(few);
  });

  it('are kept while somebody asks for them', () => {
    limits.set('asked', few);
    for (let generation = 0; generation < 3; generation++) {
      limits.nextGeneration();
      expect(limits.of('asked')).toBe(few);
    }
  });

  it('are forgotten when nobody does', () => {
    limits.set('forgotten', few);
    limits.nextGeneration();
    limits.nextGeneration();
    expect(limits.of('forgotten')).toBe(DEFAULT_LIMITS);
  });
});
