/** The text format of Prometheus, 0.0.4, read as strictly as its description allows. */

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly ScrapedSample[];
}

export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** @throws Error that names the line which is not as it should be */
export function parseMetrics(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end');
  const families = new Map<string, Family & { samples: ScrapedSample[] }>();
  const series = new Set<string>();
  let help: { name: string; text: string } | undefined;
  let current: { name: string; family: Family & { samples: ScrapedSample[] } } | undefined;
  for (const line of text.split('\n').filter(Boolean)) {
    const [, helpName, words] = HELP.exec(line) ?? [];
    const [, typeName, type] = TYPE.exec(line) ?? [];
    if (helpName) {
      help = { name: helpName, text: words };
    } else if (typeName) {
      if (families.has(typeName) || help?.name !== typeName) throw new Error(`Without its HELP, or twice: ${line}`);
      current = { name: typeName, family: { type, help: help.text, samples: [] } };
      families.set(typeName, current.family);
    } else {
      const sample = parseSample(line);
      if (!current || !belongs(sample.name, current.name, current.family.type)) throw new Error(`Misplaced: ${line}`);
      const key = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (series.has(key)) throw new Error(`Twice: ${line}`);
      series.add(key);
      current.family.samples.push(sample);
    }
  }
  for (const [name, family] of families) checkFamily(name, family);
  return families;
}

/** What a node tells Prometheus. */
export async function scrape({ port }: { port: number }, path = '/metrics') {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  expect(response.status).toBe(200);
  expect(mediaType(response)).toEqual(['text/plain', 'charset=utf-8', 'version=0.0.4']);
  const families = parseMetrics(await response.text());
  return { families, value: (series: string) => valueOf(families, series) };
}

/** Its parameters have no order, and Express 4 and 5 have each its own. */
export function mediaType({ headers }: Response): string[] {
  const [type, ...parameters] = headers.get('content-type')!.split('; ');
  return [type, ...parameters.sort()];
}

/** The value of one series: `realtime_errors_total{code="forbidden"}`. */
export function valueOf(families: Map<string, Family>, series: string): number {
  const [, name, labels] = new RegExp(`^(${NAME})(?:\\{(.*)\\})?$`).exec(series)!;
  const wanted = JSON.stringify(Object.entries(parseLabels(labels ?? '', series)).sort());
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
  const found = family?.samples.find(
    (sample) => sample.name === name && JSON.stringify(Object.entries(sample.labels).sort()) === wanted,
  );
  if (!found) throw new Error(`There is no ${series} in ${JSON.stringify(family?.samples)}`);
  return found.value;
}

function parseSample(line: string): ScrapedSample {
  const [, name, labels, value] = SAMPLE.exec(line) ?? [];
  if (!name) throw new Error(`Neither a comment nor a sample: ${line}`);
  return { name, labels: parseLabels(labels ?? '', line), value: parseValue(value, line) };
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (!match || match[1] in labels) throw new Error(`Bad labels: ${line}`);
    labels[match[1]] = match[2].replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
  }
  return labels;
}

function parseValue(text: string, line: string): number {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (text === 'Nan' || text === 'NaN') return NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw new Error(`Not a number: ${line}`);
  return Number(text);
}

function belongs(sample: string, family: string, type: string): boolean {
  if (type !== 'histogram') return sample === family;
  return ['_bucket', '_sum', '_count'].some((end) => sample === family + end);
}

function checkFamily(name: string, { type, samples }: Family): void {
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`A counter's name ends in _total: ${name}`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(`Below 0: ${name}`);
  if (type === 'histogram') checkHistogram(name, samples);
}

function checkHistogram(name: string, samples: readonly ScrapedSample[]): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) => (labels.le === '+Inf' ? Infinity : Number(labels.le)));
  const count = samples.find((sample) => sample.name === `${name}_count`)?.value;
  const rises = (values: readonly number[]): boolean => values.every((value, i) => i === 0 || value >= values[i - 1]);
  if (!rises(bounds) || bounds.at(-1) !== Infinity || !rises(buckets.map(({ value }) => value))) {
    throw new Error(`The buckets of ${name} do not rise to +Inf`);
  }
  if (buckets.at(-1)!.value !== count) throw new Error(`The last bucket of ${name} is not its count`);
}
