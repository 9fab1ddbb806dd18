import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { prepareBuild } from './build';
import { installPrograms } from './install-programs';

/** What browsers are served is built, for the tests too: in a tenth of a second. */
const PAGES = ['src/demo/page/build.js', 'src/features/admin/console/build.js'];

/** Once, before all tests. */
export default function prepare(): void {
  installPrograms();
  prepareBuild();
  for (const page of PAGES) execFileSync(process.execPath, [resolve(__dirname, '../..', page)]);
}
