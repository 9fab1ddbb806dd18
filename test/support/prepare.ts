import { installPrograms } from './install-programs';

/** Once, before all tests. */
export default function prepare(): void {
  installPrograms();
}
