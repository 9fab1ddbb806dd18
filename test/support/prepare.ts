import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { installPrograms } from './install-programs';

/** What browsers are served is built, for the tests too: in a tenth of a second. */
const PAGES = ['src/demo/page/build.js', 'src/admin/console/build.js'];

/** Once, before all tests. */
export default function prepare(): void {
  installPrograms();
  for (const page of PAGES) execFileSync(process.execPath, [resolve(__dirname, '../..', page)]);
}
