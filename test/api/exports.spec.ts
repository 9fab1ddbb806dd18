import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ApiReport } from './api-report';

const ROOT = resolve(__dirname, '../..');
const UPDATE = process.env.UPDATE_API === '1';

type Exports = Record<string, { types?: string; import?: { types: string } } | string>;
const { exports: PATHS } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: Exports };

/** The sub-paths of the package, and the file below `src` each begins with. */
const ENTRIES = Object.keys(PATHS)
  .filter((path) => path !== './package.json')
  .map((path) => [path === '.' ? 'index' : path.slice(2), sourceOf(path)] as const);

function sourceOf(path: string): string {
  const types = (PATHS[path] as { types?: string }).types ?? `./dist/${path.slice(2)}/index.d.ts`;
  return types.replace('./dist/', '').replace(/\.d\.ts$/, '.ts');
}

describe('the exports of the package', () => {
  const report = new ApiReport(ENTRIES.map(([, entry]) => entry));

  // A change of them may break applications: say so in CHANGELOG.md, and run UPDATE_API=1 npx jest test/api.
  it.each(ENTRIES)('of nestjs-realtime/%s are those on record', (name, entry) => {
    const file = join(__dirname, `${name}.txt`);
    const text = report.of(entry);
    if (UPDATE) writeFileSync(file, text);
    expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
  });

  it('are on record for no other sub-path', () => {
    const recorded = readdirSync(__dirname).filter((file) => file.endsWith('.txt'));
    expect(recorded.sort()).toEqual(ENTRIES.map(([name]) => `${name}.txt`).sort());
  });
});
