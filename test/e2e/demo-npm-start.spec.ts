import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { endPrograms, Program, temporaryDirectory } from '../support/program';

const directory = temporaryDirectory();

// npm itself takes a second to start, and longer on a busy machine.
jest.setTimeout(60_000);

afterEach(endPrograms);

const DRAINING = `
  process.on('SIGTERM', () => { console.log('drained'); process.exit(0); });
  console.log('ready');
  setInterval(() => {}, 1000);
`;

/** A project with the `npm start` of this one, and a build that is quick. */
function quickProject(): void {
  const manifest = readFileSync(resolve(__dirname, '../../package.json'), 'utf8');
  const { prestart, start } = (JSON.parse(manifest) as { scripts: Record<string, string> }).scripts;
  const build = 'echo building && mkdir -p dist && cp src/main.js dist';
  mkdirSync(join(directory, 'src'));
  for (const file of ['nest-cli.json', 'tsconfig.json']) writeFileSync(join(directory, file), '{}');
  writeFileSync(join(directory, 'src/main.js'), DRAINING);
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ scripts: { prestart, start, build } }));
}

/** Starts, ends it as a terminal or a container does, and returns what was printed meanwhile. */
async function startAndEnd(): Promise<string> {
  const npm = new Program('npm', ['start', '--silent'], { cwd: directory });
  await npm.prints(/ready\n/);
  npm.signal('SIGTERM');
  expect(await npm.exit).toBe(0);
  return npm.stdout;
}

describe('npm start', () => {
  it('builds when there is no build, or one that is older than a source, and hands SIGTERM on', async () => {
    quickProject();
    expect(await startAndEnd()).toBe('building\nready\ndrained\n');
    expect(await startAndEnd()).toBe('ready\ndrained\n');
    const inAMinute = Date.now() / 1000 + 60;
    utimesSync(join(directory, 'src/main.js'), inAMinute, inAMinute);
    expect(await startAndEnd()).toBe('building\nready\ndrained\n');
  });
});
