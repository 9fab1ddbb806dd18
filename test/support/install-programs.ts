import { execFileSync, spawnSync } from 'node:child_process';

/** What tests run beside Node, and the Debian packages that hold it. */
const PROGRAMS = { 'redis-server': 'redis-server', chromium: 'chromium' };

/** Before all tests: without the rights to install what is missing, the tests that need it say what to do. */
export function installPrograms(): void {
  const missing = Object.entries(PROGRAMS).filter(([program]) => spawnSync(program, ['--version']).error !== undefined);
  if (missing.length === 0 || process.getuid?.() !== 0) return;
  const packages = missing.map(([, name]) => name);
  execFileSync('apt-get', ['update'], { stdio: 'ignore' });
  execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], { stdio: 'ignore' });
}
