import { encode } from '@msgpack/msgpack';
import type { Random } from '../../../src/testing/random';

export const MAX_BYTES = 512 * 1024;

const DIGITS =
  '2.2250738585072011360574097967091319759348195463516456480234261097248222220210769455165295239081350879141491';

/** JSON values that are short and cost much, or nearly none. */
const VALUES = [
  ...['[]', '{}', '[[]]', '{"a":{}}', '{"a":1}', `${'['.repeat(40)}${']'.repeat(40)}`, '{"__proto__":[]}'],
  ...['""', '"é"', '"😀"', '"\\u0000"', '"\\ud800"', '"\\""', '","', `"${'x'.repeat(1000)}"`, `"${'\\n'.repeat(500)}"`],
  ...[
    '1',
    '-0',
    '1e-300',
    '1e400',
    'true',
    'null',
    '9'.repeat(700),
    `${DIGITS.repeat(7).replace(/(?!^)2\./g, '')}e-308`,
  ],
];

const KEYS = [
  (i: number) => `"${i.toString(36)}":0`,
  (i: number) => `"${i * 40_503}":[]`,
  (i: number) => `"\\n${i}":{}`,
  (i: number) => `"${'k'.repeat(500)}${i}":1`,
  () => '"a":1',
];

const JSON_PIECES = ['[', ']', '{', '}', '"', '\\', ',', ':', '0', 'e', ' ', 'null', '\\u', '[[[[', '{"a":'];

/** Heads of MessagePack, the longer ones with the largest lengths there are, or some that are near. */
const HEADS = [
  '90',
  '80',
  'c0',
  '00',
  'a0',
  '91',
  '81',
  '81a0',
  'c1',
  'dc0001',
  'dd00000001',
  'dc2710',
  'dd0007ffff',
].concat(
  ...[
    'dd01ffffff',
    'df0003ffffa0',
    'dfffffffff',
    'dbffffffff',
    'da0001',
    'c6ffffffff',
    'c9ffffffff',
    'd6ff',
    'cb',
    'cf',
  ],
);

/** Frames that a seed says: well-formed, hostile and broken ones, from a few bytes to the largest there may be. */
export class FuzzedFrames {
  constructor(private readonly random: Random) {}

  json(): Buffer {
    const size = this.#size();
    const text = this.random.pick([
      () => this.#wrapped(`[${this.#filled(size, this.#repeated(this.random.pick(VALUES)))}]`),
      () => this.#wrapped(`[${this.#filled(size, () => this.random.pick(VALUES))}]`),
      () => this.#wrapped(`{${this.#filled(size, this.random.pick(KEYS))}}`),
      () => this.#wrapped(`[${this.#filled(size, (i) => `{${this.random.pick(KEYS)(i)}}`)}]`),
      () => this.#wrapped(JSON.stringify(this.#tree(6))),
      () => this.#bytes(Math.min(size, 4096)).toString(),
    ])();
    return Buffer.from(this.random.upTo(2) ? text : this.#brokenText(text)).subarray(0, MAX_BYTES);
  }

  msgpack(): Buffer {
    const size = this.#size();
    const bytes = this.random.pick([
      () => Buffer.from(encode({ type: 'ping', data: this.#tree(6) })),
      () => Buffer.from(encode({ type: 'ping', data: { keys: this.#manyKeys() } })),
      () => Buffer.alloc(size, Buffer.from(this.random.pick(HEADS), 'hex')),
      () => this.#manyHeads(size),
      () => this.#bytes(Math.min(size, 4096)),
    ])();
    return (this.random.upTo(2) ? bytes : this.#brokenBytes(bytes)).subarray(0, MAX_BYTES);
  }

  #size(): number {
    return this.random.pick([
      this.random.upTo(100),
      this.random.upTo(20_000),
      this.random.upTo(MAX_BYTES),
      MAX_BYTES - 40,
    ]);
  }

  #wrapped(value: string): string {
    return this.random.upTo(9) ? `{"type":"ping","data":{"a":${value}}}` : value;
  }

  #filled(size: number, item: (i: number) => string): string {
    const items: string[] = [];
    for (let left = size; left > 0; left -= items[items.length - 1].length + 1) items.push(item(items.length));
    return items.slice(0, -1).join();
  }

  #repeated(value: string): () => string {
    return () => value;
  }

  #tree(depth: number): unknown {
    const { random } = this;
    const kind = depth ? random.upTo(5) : random.upTo(3);
    if (kind === 0) return random.pick([null, true, 0, -1, 2 ** 33, 1.5, random.next()]);
    if (kind <= 3) return random.pick(['', 'a', 'é', '\u0001\ufffd', '😀']).repeat(random.upTo(80));
    const children = Array.from({ length: random.upTo(8) }, () => this.#tree(depth - 1));
    return kind === 4 ? children : Object.fromEntries(children.map((child, i) => [`k${i * random.upTo(99)}`, child]));
  }

  #manyKeys(): object {
    const length = this.random.upTo(12_000);
    return Object.fromEntries(Array.from({ length }, (_, i) => [i.toString(36), this.random.pick([0, [], {}])]));
  }

  #manyHeads(size: number): Buffer {
    const heads = Array.from({ length: Math.min(size, 5_000) }, () => Buffer.from(this.random.pick(HEADS), 'hex'));
    return Buffer.concat(heads);
  }

  #bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.random.upTo(255)));
  }

  #brokenText(text: string): string {
    const [start, end] = this.#part(text.length);
    const piece = this.random.pick(JSON_PIECES);
    return this.random.pick([
      text.slice(0, start),
      text.slice(0, start) + piece + text.slice(start),
      text.slice(0, start) + text.slice(end),
      text.slice(0, end) + text.slice(start),
    ]);
  }

  #brokenBytes(bytes: Buffer): Buffer {
    const [start, end] = this.#part(bytes.length);
    const head = Buffer.from(this.random.pick(HEADS), 'hex');
    return this.random.pick([
      bytes.subarray(0, start),
      Buffer.concat([bytes.subarray(0, start), head, bytes.subarray(start)]),
      Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]),
      Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]),
    ]);
  }

  #part(length: number): [start: number, end: number] {
    const start = this.random.upTo(length);
    return [start, start + this.random.upTo(length - start)];
  }
}
