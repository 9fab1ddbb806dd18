import type { Histogram } from '../../connections/histogram';

/** One line of a scrape. */
export interface Sample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string | number>>;
  /** Where it is not the measure's own name. */
  readonly metricName?: string;
}

type Type = 'counter' | 'gauge' | 'histogram';
type Read = () => readonly Sample[] | Promise<readonly Sample[]>;

/**
 * A metric as a prom-client registry takes it: what it tells is read when it is scraped, so that counting costs no more
 * than a plain number does.
 */
export class Measure {
  constructor(
    readonly name: string,
    readonly help: string,
    readonly type: Type,
    private readonly read: Read,
    /** How a primary puts those of its workers together. */
    readonly aggregator: 'sum' | 'max' = 'sum',
  ) {}

  async get() {
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: await this.read() };
  }

  /** A registry's `resetMetrics` is for tests; what this process has seen, it has seen. */
  reset(): void {}
}

export function counter(name: string, help: string, read: () => number): Measure {
  return new Measure(name, help, 'counter', () => [{ value: read() }]);
}

export function gauge(name: string, help: string, read: () => number, aggregator?: 'sum' | 'max'): Measure {
  return new Measure(name, help, 'gauge', () => [{ value: read() }], aggregator);
}

/** A counter with one label. */
export function counters(
  name: string,
  help: string,
  label: string,
  read: () => Iterable<readonly [value: string, count: number]>,
): Measure {
  return new Measure(name, help, 'counter', () =>
    Array.from(read(), ([value, count]) => ({ value: count, labels: { [label]: value } })),
  );
}

export function histogram(name: string, help: string, source: Histogram): Measure {
  return new Measure(name, help, 'histogram', () => {
    const { bounds, cumulative, sum } = source;
    const buckets = cumulative.map((value, i) => ({
      value,
      labels: { le: bounds[i] ?? '+Inf' },
      metricName: `${name}_bucket`,
    }));
    return [
      ...buckets,
      { value: sum, metricName: `${name}_sum` },
      { value: cumulative.at(-1)!, metricName: `${name}_count` },
    ];
  });
}
