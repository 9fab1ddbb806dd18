import * as fc from 'fast-check';
import { StreamGap } from '../backplane';
import { ENTRY_BYTES, ID_BYTES, Stream } from './stream';

const entry = (id: string) => ({ id, body: Buffer.from(id), delivery: 'reliable' as const });

/** The same as a plain list that never lets its storage go. */
class Model {
  all: string[] = [];
  first = 0;

  kept(): string[] {
    return this.all.slice(this.first);
  }
}

describe('a stream', () => {
  it('is, for any appends and trims, the end of the list of all that was appended', () => {
    const step = fc.oneof(
      fc.constant({ append: true as const }),
      fc.record({ keep: fc.nat(12) }),
      fc.record({ drop: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(70), fc.nat(70), (steps, since, limit) => {
        const stream = new Stream('a', 'e');
        const model = new Model();
        for (const each of steps) apply(each, stream, model);

        expect(stream.position).toEqual({ epoch: 'e', offset: model.all.length });
        expect(stream.size).toBe(model.kept().length);
        expect(stream.bytes).toBe(model.kept().reduce((sum, id) => sum + 2 * id.length + ENTRY_BYTES + ID_BYTES, 0));
        const places = model.all.map((_, index) => (index < model.first ? undefined : index + 1));
        expect(model.all.map((id) => stream.offsetOf(id))).toEqual(places);
        if (since >= model.first && since <= model.all.length) {
          expect(stream.after({ epoch: 'e', offset: since }).map(({ id }) => id)).toEqual(model.all.slice(since));
        } else {
          expect(() => stream.after({ epoch: 'e', offset: since })).toThrow(StreamGap);
        }
        const page = stream.page({ before: since + 1, limit: limit + 1, maxBytes: 1e9 });
        const below = model.all.slice(model.first, Math.max(model.first, since));
        expect(page.publications.map(({ id }) => id)).toEqual(below.slice(-limit - 1));
        expect(page.hasMore).toBe(below.length > limit + 1);
      }),
      { numRuns: 300 },
    );
  });

  it('drops what is older than it may be, and keeps what is as old', () => {
    const stream = new Stream('a', 'e');
    stream.append(entry('a'), 100);
    stream.append(entry('b'), 200);
    stream.append(entry('c'), 300);
    stream.trim({ maxPublications: 10, maxAgeMs: 100 }, 300);
    expect(stream.after({ epoch: 'e', offset: 1 }).map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('finds what is published once by its offset only, and others by their id, too', () => {
    const stream = new Stream('a', 'e');
    stream.append({ ...entry('a'), once: true }, 100);
    stream.append(entry('b'), 100);
    expect([stream.offsetOf('a'), stream.offsetOf('b')]).toEqual([undefined, 2]);
    stream.drop(1);
    expect([stream.size, stream.bytes, stream.offsetOf('b')]).toEqual([1, 2 + ENTRY_BYTES + ID_BYTES, 2]);
    expect(stream.after({ epoch: 'e', offset: 1 }).map(({ id }) => id)).toEqual(['b']);
  });
});

function apply(step: { append: true } | { keep: number } | { drop: number }, stream: Stream, model: Model): void {
  if ('append' in step) {
    const id = `id${model.all.length}`;
    model.all.push(id);
    stream.append(entry(id), 0);
  } else if ('keep' in step) {
    stream.trim({ maxPublications: step.keep, maxAgeMs: 0 }, 0);
    model.first = Math.max(model.first, model.all.length - step.keep);
  } else {
    const drop = Math.min(step.drop, stream.size);
    stream.drop(drop);
    model.first += drop;
  }
}
