import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildInto } from '../support/build';
import { temporaryDirectory } from '../support/program';

const ROOT = join(__dirname, '../..');
const host = temporaryDirectory();
const installed = join(host, 'node_modules/nestjs-realtime');

const APP_MODULE = `
import { Module } from '@nestjs/common';
import { RealtimeModule } from 'nestjs-realtime';

@Module({ imports: [RealtimeModule.forRoot({ auth: { secret: 'a secret of more than thirty-two bytes' }, policy: 'open' })] })
export class AppModule {}
`;
const WRONG = `
import { realtimeTest } from 'nestjs-realtime/testing';
// @ts-expect-error there has to be an application
await realtimeTest({ clients: 2 });
// @ts-expect-error a user has an id
await realtimeTest({ imports: [], clients: [{ name: 'alice' }] });
// @ts-expect-error a frame has no such key
export const where = (await realtimeTest({ imports: [] })).clients[0].next('pong', (frame) => frame.nothing);
`;

/** Runs a program in the host's directory, and gives what it prints, whether it fails or not. */
async function run(file: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR };
  const printed = promisify(execFile)(process.execPath, [file, ...args], { cwd: host, env });
  return printed.then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
  );
}

/** The package as a host has it installed. */
beforeAll(async () => {
  mkdirSync(installed, { recursive: true });
  await buildInto(installed);
  cpSync(join(ROOT, 'package.json'), join(installed, 'package.json'));
  const filter = (from: string) => !/\.(ts|md)$/.test(from);
  cpSync(join(ROOT, 'src/adapters'), join(installed, 'dist/adapters'), { recursive: true, filter });
  for (const name of ['@nestjs', '@types', 'undici-types', 'rxjs']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(host, 'node_modules', name));
  }
}, 120_000);

describe('nestjs-realtime/testing as a package', () => {
  it('has types, and runs the example of its README with a runner that knows nothing of it', async () => {
    const [, example] = /```ts\n([^]*?)```/.exec(readFileSync(join(ROOT, 'src/testing/README.md'), 'utf8'))!;
    writeFileSync(join(host, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(host, 'app.module.ts'), APP_MODULE);
    writeFileSync(join(host, 'readme.test.ts'), example);
    writeFileSync(join(host, 'wrong.ts'), WRONG);
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      lib: ['ES2023', 'ESNext.Disposable'],
      types: ['node'],
      strict: true,
      skipLibCheck: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      outDir: 'out',
      rootDir: '.',
    };
    writeFileSync(join(host, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    expect(await run(join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.')).toBe('');
    const printed = await run('--test', 'out/readme.test.js');
    expect(printed).toMatch(/^# pass 3$/m);
    expect(printed).toMatch(/^# fail 0$/m);
  }, 120_000);
});
