import { Backplane, Publication, Retention, StreamGap } from '../../src';
import { Heard, said, textsOf } from './heard';
import { describePublicationFields } from './publication-fields';

export { Heard, said, textsOf };

export type MakeBackplane = (retention?: Partial<Retention>) => Promise<Backplane>;

/** What every backplane promises, whatever carries it. */
export function describeBackplane(name: string, make: MakeBackplane): void {
  describe(`${name} as a backplane`, () => {
    let running: Backplane[] = [];

    const start: MakeBackplane = async (retention) => {
      const backplane = await make(retention);
      running.push(backplane);
      return backplane;
    };

    afterEach(async () => {
      for (const backplane of running) await backplane.close();
      running = [];
    });

    describe('publishing', () => {
      it('counts each room from 1, without a hole, within one epoch', async () => {
        const backplane = await start();
        const first = await backplane.publish('a', said('1'));
        expect(first.epoch).toMatch(/^.{1,64}$/);
        expect(first.offset).toBe(1);
        expect(await backplane.publish('a', said('2'))).toEqual({ epoch: first.epoch, offset: 2 });
        expect((await backplane.publish('b', said('1'))).offset).toBe(1);
        expect(await backplane.publish('a', said('3'))).toEqual({ epoch: first.epoch, offset: 3 });
      });

      it('gives publications made at once one offset each', async () => {
        const backplane = await start();
        const positions = await Promise.all(Array.from({ length: 50 }, (_, i) => backplane.publish('a', said(`${i}`))));
        expect(positions.map(({ offset }) => offset)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
      });

      it('does not append an id the stream already holds, and says where it is', async () => {
        const backplane = await start();
        const heard = new Heard(backplane);
        const { epoch } = await backplane.subscribe('a');
        await backplane.publish('a', said('once', { id: 'id-1' }));
        await backplane.publish('a', said('next'));
        expect(await backplane.publish('a', said('again', { id: 'id-1' }))).toEqual({ epoch, offset: 1 });
        expect((await backplane.publish('b', said('elsewhere', { id: 'id-1' }))).offset).toBe(1);
        await backplane.publish('a', said('last'));
        await heard.until(3);
        expect(heard.texts).toEqual(['once', 'next', 'last']);
        expect(textsOf(await backplane.read('a', { epoch, offset: 0 }))).toEqual(['once', 'next', 'last']);
      });

      it('keeps nothing of what is volatile', async () => {
        const backplane = await start();
        const heard = new Heard(backplane);
        const { epoch } = await backplane.subscribe('a');
        await backplane.publish('a', said('kept'));
        expect(await backplane.publish('a', said('passing', { delivery: 'volatile' }))).toEqual({ epoch, offset: 1 });
        await heard.until(2);
        expect(heard.all.map(({ offset }) => offset)).toEqual([1, undefined]);
        expect(textsOf(await backplane.read('a', { epoch, offset: 0 }))).toEqual(['kept']);
      });

      it('is refused as unavailable once it is closed', async () => {
        const backplane = await start();
        await backplane.close();
        await expect(backplane.publish('a', said('late'))).rejects.toMatchObject({ code: 'unavailable' });
      });
    });

    describe('delivering', () => {
      it('brings a room its publications in order, as they were published', async () => {
        const backplane = await start();
        const heard = new Heard(backplane);
        const { epoch } = await backplane.subscribe('a');
        const publications = [said('ä€𝄞'), said('2', { exceptUser: 'bob' }), said('3', { delivery: 'volatile' })];
        for (const publication of publications) await backplane.publish('a', publication);
        await heard.until(3);
        expect(heard.all.map(({ room, offset }) => [room, offset])).toEqual([
          ['a', 1],
          ['a', 2],
          ['a', undefined],
        ]);
        expect(new Set(heard.all.map((delivery) => delivery.epoch))).toEqual(new Set([epoch]));
        expect(heard.all.map(({ publication }) => plain(publication))).toEqual(publications.map(plain));
      });

      it('brings only rooms that are subscribed to', async () => {
        const backplane = await start();
        const heard = new Heard(backplane);
        await backplane.subscribe('a');
        await backplane.publish('b', said('unheard'));
        await backplane.publish('a', said('heard'));
        await backplane.unsubscribe('a');
        await backplane.publish('a', said('too late'));
        await backplane.subscribe('c');
        await backplane.publish('c', said('end'));
        await heard.until(2);
        expect(heard.texts).toEqual(['heard', 'end']);
      });

      it('tells a subscriber where the stream ends, and brings everything after', async () => {
        const backplane = await start();
        const heard = new Heard(backplane);
        await backplane.publish('a', said('before'));
        const { offset } = await backplane.subscribe('a');
        await backplane.publish('a', said('after'));
        await heard.until(1);
        expect(offset).toBe(1);
        expect(heard.texts).toEqual(['after']);
      });

      it('follows the order of calls: the last of subscribe and unsubscribe counts', async () => {
        const backplane = await start();
        const heard = new Heard(backplane);
        await Promise.all([backplane.subscribe('a'), backplane.unsubscribe('a'), backplane.subscribe('a')]);
        await backplane.publish('a', said('heard'));
        await heard.until(1);
        expect(heard.texts).toEqual(['heard']);
      });
    });

    describePublicationFields(start);

    describe('reading what was missed', () => {
      it('returns everything after a position, oldest first, with offsets', async () => {
        const backplane = await start();
        const { epoch } = await backplane.publish('a', said('1'));
        await backplane.publish('a', said('2'));
        await backplane.publish('a', said('3', { exceptUser: 'bob' }));
        const missed = await backplane.read('a', { epoch, offset: 1 });
        expect(missed.map(({ offset, exceptUser }) => [offset, exceptUser])).toEqual([
          [2, undefined],
          [3, 'bob'],
        ]);
        expect(textsOf(missed)).toEqual(['2', '3']);
        expect(await backplane.read('a', { epoch, offset: 3 })).toEqual([]);
      });

      it('fits the position a subscriber of an empty room was told', async () => {
        const backplane = await start();
        const told = await backplane.subscribe('a');
        expect(told.offset).toBe(0);
        expect(await backplane.read('a', told)).toEqual([]);
        await backplane.publish('a', said('1'));
        expect(textsOf(await backplane.read('a', told))).toEqual(['1']);
      });

      it('is a gap for a position of another epoch, from the future, or trimmed', async () => {
        const backplane = await start({ limitsOf: () => ({ maxPublications: 2, maxAgeMs: 60_000 }) });
        const { epoch } = await backplane.publish('a', said('1'));
        await backplane.publish('a', said('2'));
        await backplane.publish('a', said('3'));
        expect(textsOf(await backplane.read('a', { epoch, offset: 1 }))).toEqual(['2', '3']);
        for (const since of [
          { epoch, offset: 0 },
          { epoch, offset: 4 },
          { epoch: 'another', offset: 3 },
        ]) {
          await expect(backplane.read('a', since)).rejects.toThrow(StreamGap);
        }
        await expect(backplane.read('empty', { epoch: 'another', offset: 0 })).rejects.toThrow(StreamGap);
        await expect(backplane.read('empty', { epoch, offset: 1 })).rejects.toThrow(StreamGap);
      });

      it('keeps nothing longer than it may', async () => {
        const backplane = await start({ limitsOf: () => ({ maxPublications: 10, maxAgeMs: 30 }) });
        const { epoch } = await backplane.publish('a', said('old'));
        const published = Date.now();
        while (Date.now() <= published + 30) await new Promise((resolve) => setTimeout(resolve, 5));
        await expect(backplane.read('a', { epoch, offset: 0 })).rejects.toThrow(StreamGap);
        expect(await backplane.read('a', { epoch, offset: 1 })).toEqual([]);
        expect((await backplane.page('a', { limit: 10, maxBytes: 1000 })).publications).toEqual([]);
        expect(await backplane.publish('a', said('new'))).toEqual({ epoch, offset: 2 });
      });

      it('keeps no more bytes of a room than it may: its oldest go first', async () => {
        const backplane = await start({ limitsOf: () => ({ ...KEEPING, maxBytes: 100_000 }) });
        const { epoch } = await backplane.publish('quiet', said('1'));
        for (let n = 1; n <= 30; n++) await backplane.publish('a', said(`${n}`.padEnd(9_000)));
        const { publications, hasMore } = await backplane.page('a', { limit: 100, maxBytes: 1e6 });
        const bytes = publications.reduce((sum, { body }) => sum + body.length, 0);
        expect([bytes <= 100_000, bytes > 80_000, hasMore]).toEqual([true, true, false]);
        expect(publications.at(-1)!.offset).toBe(30);
        const first = publications[0].offset;
        expect(await backplane.read('a', { epoch: await epochOf(backplane, 'a'), offset: first - 1 })).toHaveLength(
          publications.length,
        );
        await expect(backplane.read('a', { epoch: await epochOf(backplane, 'a'), offset: first - 2 })).rejects.toThrow(
          StreamGap,
        );
        expect(await backplane.read('quiet', { epoch, offset: 0 })).toHaveLength(1);
      });

      it('keeps the newest publication of a room however large it is, and small ones again after it', async () => {
        const backplane = await start({ limitsOf: () => ({ ...KEEPING, maxBytes: 10_000 }) });
        for (const text of ['1', '2'.repeat(20_000)]) await backplane.publish('a', said(text));
        const offsets = async () =>
          (await backplane.page('a', { limit: 9, maxBytes: 1e6 })).publications.map(({ offset }) => offset);
        expect(await offsets()).toEqual([2]);
        for (const text of ['3', '4']) await backplane.publish('a', said(text));
        expect(await offsets()).toEqual([3, 4]);
      });

      it('reads so many bytes at a time, but one publication at least', async () => {
        const backplane = await start();
        for (const text of ['1', '2', '3']) await backplane.publish('a', said(text.repeat(100)));
        const { epoch } = await backplane.publish('a', said('4'));
        const bytes = said('1'.repeat(100)).body.length;
        const read = async (offset: number, maxBytes: number) =>
          (await backplane.read('a', { epoch, offset }, maxBytes)).map((publication) => publication.offset);
        expect(await read(0, 2 * bytes)).toEqual([1, 2]);
        expect(await read(0, 2 * bytes - 1)).toEqual([1]);
        expect(await read(2, 1)).toEqual([3]);
        expect(await read(2, 2 * bytes)).toEqual([3, 4]);
        expect(await read(4, 1)).toEqual([]);
      });

      it('keeps no stream where none is wanted', async () => {
        const backplane = await start({ limitsOf: () => ({ maxPublications: 0, maxAgeMs: 60_000 }) });
        const heard = new Heard(backplane);
        await backplane.subscribe('a');
        expect((await backplane.publish('a', said('1'))).offset).toBe(0);
        await heard.until(1);
        expect(heard.all[0].offset).toBeUndefined();
        expect((await backplane.page('a', { limit: 10, maxBytes: 1000 })).publications).toEqual([]);
      });
    });

    describe('reading pages', () => {
      it('ends at the newest, before an offset, at a limit, and says whether there is more', async () => {
        const backplane = await start();
        let end = await backplane.publish('a', said('1'));
        for (const text of ['2', '3', '4', '5']) end = await backplane.publish('a', said(text));
        const page = async (before: number | undefined, limit: number) => {
          const { position, publications, hasMore } = await backplane.page('a', { before, limit, maxBytes: 10_000 });
          expect(position).toEqual(end);
          return { texts: textsOf(publications), hasMore };
        };
        expect(await page(undefined, 2)).toEqual({ texts: ['4', '5'], hasMore: true });
        expect(await page(4, 2)).toEqual({ texts: ['2', '3'], hasMore: true });
        expect(await page(2, 2)).toEqual({ texts: ['1'], hasMore: false });
        expect(await page(1, 2)).toEqual({ texts: [], hasMore: false });
        expect(await page(6, 5)).toEqual({ texts: ['1', '2', '3', '4', '5'], hasMore: false });
        expect(await page(1_000_000, 1)).toEqual({ texts: ['5'], hasMore: true });
      });

      it('stops before its bodies are too many bytes, but returns one at least', async () => {
        const backplane = await start();
        for (const text of ['1', '2', '3']) await backplane.publish('a', said(text.repeat(100)));
        const bytes = said('1'.repeat(100)).body.length;
        const sizes = async (maxBytes: number) =>
          (await backplane.page('a', { limit: 10, maxBytes })).publications.map(({ offset }) => offset);
        expect(await sizes(2 * bytes)).toEqual([2, 3]);
        expect(await sizes(2 * bytes - 1)).toEqual([3]);
        expect(await sizes(1)).toEqual([3]);
      });

      it('is, at a limit of 0, where the stream ends', async () => {
        const backplane = await start();
        const position = await backplane.publish('a', said('1'));
        expect(await backplane.page('a', { limit: 0, maxBytes: 0 })).toMatchObject({ position, publications: [] });
      });

      it('is empty for a room nobody has published into, with the position a subscriber is told', async () => {
        const backplane = await start();
        const position = await backplane.subscribe('a');
        const page = await backplane.page('a', { limit: 10, maxBytes: 1000 });
        expect(page).toEqual({ position, publications: [], hasMore: false });
      });
    });
  });
}

const KEEPING = { maxPublications: 1000, maxAgeMs: 60_000 };
async function epochOf(backplane: Backplane, room: string): Promise<string> {
  return (await backplane.page(room, { limit: 0, maxBytes: 0 })).position.epoch;
}

function plain({ id, body, delivery, exceptUser }: Publication) {
  return { id, body: Buffer.from(body).toString(), delivery, exceptUser };
}
