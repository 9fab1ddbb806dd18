import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { installPrograms } from './install-programs';

/** Once, before all tests. */
export default function prepare(): void {
  installPrograms();
  execFileSync(process.execPath, [join(__dirname, '../../src/admin/console/build.js')], { stdio: 'inherit' });
}
