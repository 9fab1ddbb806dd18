import type { Publication } from './backplane';

/** All keys of a type, the optional ones too: a copy of this type that leaves out a field does not compile. */
export type Complete<T> = { [Key in keyof Required<T>]: T[Key] };

/**
 * Every field of a publication, and how far it travels. `delivered`: to all nodes, and it is read back. `stored`: it is
 * read back, but a delivery need not bring it.
 */
export const PUBLICATION_FIELDS = {
  id: 'delivered',
  body: 'delivered',
  delivery: 'delivered',
  exceptUser: 'delivered',
  once: 'delivered',
  publisher: 'stored',
} as const satisfies Record<keyof Publication, 'delivered' | 'stored'>;

/** A publication without what else its object might hold. The body is shared. */
export function copyPublication(publication: Publication): Complete<Publication> {
  const { id, body, delivery, exceptUser, publisher, once } = publication;
  return { id, body, delivery, exceptUser, publisher, once };
}

/**
 * The text before a publication's body: `r` or `v` for its delivery, in capitals when it is published once, the length of
 * its id, a colon, the id, and the user it leaves out. The publisher is not in it: what is delivered stays small.
 */
export function encodeHeader({ id, delivery, exceptUser = '', once }: Publication): string {
  const kind = once ? delivery[0].toUpperCase() : delivery[0];
  return `${kind}${id.length}:${id}${exceptUser}`;
}

export function decodePublication(header: string, body: Uint8Array, publisher?: string): Complete<Publication> {
  const start = header.indexOf(':') + 1;
  const end = start + Number(header.slice(1, start - 1));
  const kind = header[0];
  return {
    id: header.slice(start, end),
    body,
    delivery: kind === 'v' || kind === 'V' ? 'volatile' : 'reliable',
    exceptUser: header.slice(end) || undefined,
    publisher: publisher || undefined,
    once: kind === 'R' || kind === 'V' ? true : undefined,
  };
}

/** A publication as a table keeps it. */
export interface PublicationRow {
  readonly id: string;
  readonly body: string;
}

/** Values that every row stands for: the tables have no columns for them. A row may be published again, by its id. */
const OF_ROWS = {
  delivery: 'reliable',
  exceptUser: undefined,
  publisher: undefined,
  once: false,
} as const satisfies Complete<Omit<Publication, keyof PublicationRow>>;

/** One in a table that says who published it, too. */
export interface PublisherRow extends PublicationRow {
  readonly publisher: string | null;
}

/** @throws TypeError as `toRow` */
export function toPublisherRow({ publisher, ...publication }: Publication): PublisherRow {
  return { ...toRow(publication), publisher: publisher ?? null };
}

/** @throws TypeError for a publication with a field that a row cannot keep: it would come back without it */
export function toRow(publication: Publication): PublicationRow {
  for (const [field, value] of Object.entries(OF_ROWS)) {
    const given = publication[field as keyof typeof OF_ROWS] ?? value;
    if (given !== value) throw new TypeError(`A row cannot keep a publication whose ${field} is ${given}.`);
  }
  return { id: publication.id, body: Buffer.from(publication.body).toString() };
}

export function fromRow({ id, body, publisher }: PublicationRow & Partial<PublisherRow>): Complete<Publication> {
  return { ...OF_ROWS, id, body: Buffer.from(body), publisher: publisher ?? undefined };
}
