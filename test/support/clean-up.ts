import { removeBuild } from './build';

/** Once, after all tests. */
export default function cleanUp(): void {
  removeBuild();
}
