import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { until } from './until';

const ROOT = resolve(__dirname, '../..');
/** Names the directory in the environment of every process of a run. */
const VARIABLE = 'NESTJS_REALTIME_TEST_BUILD';

/** Before all tests: a place for the one build of this run. */
export function prepareBuild(): void {
  process.env[VARIABLE] = mkdtempSync(join(tmpdir(), 'nestjs-realtime-build-'));
}

/** After all tests. */
export function removeBuild(): void {
  rmSync(process.env[VARIABLE]!, { recursive: true, force: true });
}

/** Puts `src` into `dist` of a directory, compiled as the build does it; types are checked elsewhere. */
export async function buildInto(directory: string): Promise<void> {
  const build = process.env[VARIABLE]!;
  const done = join(build, 'done');
  if (isFirst(build)) {
    await compileInto(build);
    mkdirSync(done);
  }
  await until(() => existsSync(done), 'the build', 50_000);
  cpSync(join(build, 'dist'), join(directory, 'dist'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
}

/** Whether no test file asked for the build before, in any process of this run. */
function isFirst(build: string): boolean {
  return mkdirSync(join(build, 'begun'), { recursive: true }) !== undefined;
}

async function compileInto(directory: string): Promise<void> {
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { rootDir: join(ROOT, 'src'), outDir: join(directory, 'dist'), types: [], noCheck: true },
    include: [join(ROOT, 'src')],
    exclude: ['**/*.spec.ts'],
  };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  await promisify(execFile)(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', directory]);
}
