import { serveClusterBackplane } from '../../src/adapters/ipc/serve-cluster-backplane';

// The program of a worker that takes itself for the primary.

try {
  serveClusterBackplane();
} catch (error) {
  process.send!((error as Error).message, () => process.exit());
}
