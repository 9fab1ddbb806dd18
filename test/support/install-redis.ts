import { execFileSync, spawnSync } from 'node:child_process';

/** Before all tests: some need a Redis server of their own. Without the rights to install one, those say what to do. */
export default function installRedis(): void {
  const missing = spawnSync('redis-server', ['--version']).error !== undefined;
  if (!missing || process.getuid?.() !== 0) return;
  execFileSync('apt-get', ['update'], { stdio: 'ignore' });
  execFileSync('apt-get', ['install', '--yes', '--no-install-recommends', 'redis-server'], { stdio: 'ignore' });
}
