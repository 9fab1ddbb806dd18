import * as fc from 'fast-check';
import type { Publication } from './backplane';
import {
  copyPublication,
  decodePublication,
  encodeHeader,
  fromRow,
  PUBLICATION_FIELDS,
  toRow,
} from './publication.codec';

const body = Buffer.from('{"type":"bill.due"');
const full: Required<Publication> = {
  id: 'b-1',
  body,
  delivery: 'volatile',
  exceptUser: 'bob',
  publisher: 'alice',
  once: true,
};
const text = fc.string({ unit: 'binary', minLength: 1 });

describe('a header', () => {
  it('is as short as its id and the user it leaves out, a letter and a length', () => {
    expect(encodeHeader({ id: 'b-1', body, delivery: 'reliable' })).toBe('r3:b-1');
    expect(encodeHeader(full)).toBe('V3:b-1bob');
  });

  it('brings back every publication, with its body and publisher', () => {
    const publications = fc.record<Publication>({
      id: text,
      body: fc.constant(body),
      delivery: fc.constantFrom('reliable', 'volatile'),
      exceptUser: fc.option(text, { nil: undefined }),
      publisher: fc.option(text, { nil: undefined }),
      once: fc.constantFrom(true, undefined),
    });
    fc.assert(
      fc.property(publications, (publication) => {
        expect(decodePublication(encodeHeader(publication), body, publication.publisher)).toEqual(publication);
      }),
    );
  });
});

describe('a copy', () => {
  it('has every field, and no other', () => {
    expect(copyPublication({ ...full, offset: 7 } as Publication)).toStrictEqual(full);
    expect(Object.keys(copyPublication(full)).sort()).toEqual(Object.keys(PUBLICATION_FIELDS).sort());
  });
});

describe('a row', () => {
  it('brings back a publication to a whole room', () => {
    const publication: Publication = { id: 'b-1', body, delivery: 'reliable', once: false };
    expect(fromRow(toRow(publication))).toEqual(publication);
  });

  it.each<[string, Partial<Publication>]>([
    ['delivery is volatile', { delivery: 'volatile' }],
    ['exceptUser is bob', { exceptUser: 'bob' }],
    ['publisher is alice', { publisher: 'alice' }],
    ['once is true', { once: true }],
  ])('is refused where the %s', (told, more) => {
    const message = `A row cannot keep a publication whose ${told}.`;
    expect(() => toRow({ id: 'b-1', body, delivery: 'reliable', ...more })).toThrow(new TypeError(message));
  });
});
