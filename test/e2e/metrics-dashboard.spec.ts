import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseMetrics } from '../support/prometheus';
import { realtime, stopAll } from '../support/realtime';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const ROOT = resolve(__dirname, '../..');
const dashboard = JSON.parse(readFileSync(join(ROOT, 'src/features/metrics/grafana.json'), 'utf8')) as {
  panels: Panel[];
};

afterEach(stopAll);

async function exported() {
  const { port } = await realtime({ metrics: {} });
  return parseMetrics(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
}

describe('the dashboard', () => {
  const charts = dashboard.panels.filter(({ type }) => type !== 'row');
  const expressions = charts.flatMap(({ targets }) => targets!.map(({ expr }) => expr));

  it('asks only for metrics that are exported, of their kind, and shows all of them', async () => {
    const families = await exported();
    const shown = new Set<string>();
    for (const expr of expressions) {
      for (const [, name] of expr.matchAll(/\b(realtime_\w+)/g)) {
        const family = families.has(name) ? name : name.replace(/_bucket$/, '');
        expect([name, families.get(family)?.type]).toEqual([
          name,
          name === family ? expect.not.stringMatching('histogram') : 'histogram',
        ]);
        const counts = ['counter', 'histogram'].includes(families.get(family)!.type);
        expect([expr, expr.includes('rate(')]).toEqual([expr, counts]);
        shown.add(family);
      }
    }
    expect([...families.keys()].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('shows by what label a legend speaks of', () => {
    for (const { targets, title } of charts) {
      for (const { expr, legendFormat } of targets!) {
        const [, label] = /\{\{(\w+)\}\}/.exec(legendFormat) ?? [];
        const kept = !label || expr.includes(`by (${label})`) || !/\b(sum|max|count)\b/.test(expr);
        expect([title, legendFormat, kept]).toEqual([title, legendFormat, true]);
      }
    }
  });

  it('lays its panels side by side, none over another', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });
});
