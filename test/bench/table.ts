import type { Result } from './main';
import { median, Sample } from './measure';

/** One row a benchmark and peer: median and range over the valid runs, and the ratio of ours to it. */
export function toMarkdown(results: readonly Result[]): string {
  const rows = results.flatMap(({ benchmark, samples }) => {
    const ours = samples.has('ours') ? medianOf(samples.get('ours')!) : undefined;
    return Array.from(samples, ([peer, all]) => {
      const valid = all.filter(({ invalid }) => !invalid);
      if (!valid.length) return `| ${benchmark.title} | ${peer} | does not count: ${all[0]?.invalid} | | | | | |`;
      const values = valid.map(({ perUnit }) => perUnit);
      const range = `${show(Math.min(...values))}–${show(Math.max(...values))}`;
      const rate = Math.round(median(valid.map((sample) => sample.rate))).toLocaleString('en');
      const ratio = ours === undefined ? '' : (ours / median(values)).toFixed(2);
      return `| ${benchmark.title} | ${peer} | **${show(median(values))}** (${range}) ${benchmark.unit} | ${ratio} | ${rate} | ${pair(valid, 'p50Ms', 'p99Ms')} | ${pair(valid, 'loopP99Ms', 'loopMaxMs')} |`;
    });
  });
  return [
    '| work | server | median (range) | ours ÷ it | per second | p50 / p99 ms | event loop late, p99 / max ms |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function medianOf(samples: readonly Sample[]): number {
  return median(samples.filter(({ invalid }) => !invalid).map(({ perUnit }) => perUnit));
}

type Measured = 'p50Ms' | 'p99Ms' | 'loopP99Ms' | 'loopMaxMs';

function pair(samples: readonly Sample[], one: Measured, other: Measured): string {
  const of = (key: Measured): number[] => samples.flatMap((sample) => sample[key] ?? []);
  return of(one).length ? `${show(median(of(one)))} / ${show(median(of(other)))}` : '';
}

function show(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
}
