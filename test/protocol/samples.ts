const ID = /^[A-Za-z0-9_-]{8,32}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const MILLISECONDS = /^\d{1,5}$/;

/**
 * The values that differ from run to run, by key, and what they look like. A value that does not look like that is
 * no sample and must be met exactly: `id` is the server's on a chat message, the application's in its own events.
 */
const OPAQUE: Readonly<Record<string, RegExp>> = {
  message_id: ID,
  connection_id: ID,
  epoch: ID,
  id: /^[A-Za-z0-9_-]{21}$/,
  timestamp: TIME,
  connected_at: TIME,
  expires_at: TIME,
  joined_at: TIME,
  sent_at: TIME,
  edited_at: TIME,
  reconnect_in_ms: MILLISECONDS,
  retry_after_ms: MILLISECONDS,
};

/** What stands for what in one example: the same sample for the same value, wherever it comes again. */
export class Samples {
  readonly #actual = new Map<unknown, unknown>();
  readonly #sample = new Map<unknown, unknown>();

  /** What a client really sends. */
  toActual(value: unknown): unknown {
    return mapStrings(value, (text) => (this.#actual.get(text) as string | undefined) ?? text);
  }

  /** An example with the values of this run in the place of its samples, where they are such as it says. */
  expected(example: unknown, actual: unknown, key = ''): unknown {
    if (Array.isArray(example)) return example.map((item, i) => this.expected(item, at(actual, i)));
    if (isObject(example)) {
      return Object.fromEntries(Object.entries(example).map(([k, item]) => [k, this.expected(item, at(actual, k), k)]));
    }
    const form = OPAQUE[key];
    const alike = typeof example === typeof actual && form?.test(String(example)) && form.test(String(actual));
    if (!alike) return example;
    return typeof example === 'string' ? this.#paired(example, actual, form === TIME) : actual;
  }

  /** Two ids are the same value exactly when their samples are; two times may happen to be the same. */
  #paired(example: string, actual: unknown, mayCoincide: boolean): unknown {
    if (!this.#actual.has(example) && (mayCoincide || !this.#sample.has(actual))) {
      this.#actual.set(example, actual);
      this.#sample.set(actual, example);
    }
    return this.#actual.get(example) ?? example;
  }
}

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, map)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function at(value: unknown, key: string | number): unknown {
  return isObject(value) ? value[key] : undefined;
}
