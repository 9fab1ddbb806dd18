import type { Backplane, Publication } from '../../src';
import { PUBLICATION_FIELDS } from '../../src/publishing/publication.codec';
import { Heard, said } from './heard';

/** No field of a publication is lost on its way through a backplane. Part of what `describeBackplane` asks for. */
export function describePublicationFields(start: () => Promise<Backplane>): void {
  describe('a publication with every field', () => {
    const names = Object.keys(PUBLICATION_FIELDS) as (keyof Publication)[];
    const delivered = names.filter((name) => PUBLICATION_FIELDS[name] === 'delivered');
    // Here TypeScript, and the first test, miss a field that is new.
    const full: Required<Publication> = {
      id: 'ä:1',
      body: said('€').body,
      delivery: 'reliable',
      exceptUser: '7:böb',
      publisher: 'älice',
      once: true,
    };

    it('is what these tests publish', () => {
      expect(Object.keys(full).sort()).toEqual([...names].sort());
    });

    it.each(['reliable', 'volatile'] as const)('is delivered with all that is to be: %s', async (delivery) => {
      const backplane = await start();
      const heard = new Heard(backplane);
      await backplane.subscribe('a');
      await backplane.publish('a', { ...full, delivery });
      await heard.until(1);
      expect(only(delivered, heard.all[0].publication)).toEqual(only(delivered, { ...full, delivery }));
    });

    it('is read back with all of them, and its offset', async () => {
      const backplane = await start();
      const { epoch } = await backplane.publish('a', full);
      const [read] = await backplane.read('a', { epoch, offset: 0 });
      const [paged] = (await backplane.page('a', { limit: 1, maxBytes: 1000 })).publications;
      for (const each of [read, paged]) {
        expect(each.offset).toBe(1);
        expect(only(names, each)).toEqual(only(names, full));
      }
    });
  });
}

/** Some of its fields, the body as the text it is. */
function only(names: readonly (keyof Publication)[], publication: Publication): object {
  const read = (name: keyof Publication) =>
    name === 'body' ? Buffer.from(publication.body).toString() : publication[name];
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}
