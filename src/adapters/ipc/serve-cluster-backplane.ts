import cluster from 'node:cluster';
import { ClusterPrimary } from './cluster.primary';
import { ClusterPrimaryOptions, resolvePrimary } from './cluster.options';

/**
 * Holds the streams of a cluster in its primary and serves every worker's `ClusterBackplane`, those that run and those
 * to come. Call it before the first fork.
 * @throws Error outside of the primary, and when the cluster's messages cannot carry bytes
 */
export function serveClusterBackplane(options: ClusterPrimaryOptions = {}): ClusterPrimary {
  checkCluster();
  return new ClusterPrimary(resolvePrimary(options));
}

/** @throws Error */
function checkCluster(): void {
  if (!cluster.isPrimary) {
    throw new Error(
      "serveClusterBackplane: this process is a cluster's worker. Call it in the primary; a worker has a " +
        'new ClusterBackplane().',
    );
  }
  const { serialization } = cluster.settings;
  if (serialization !== 'advanced') {
    throw new Error(
      `serveClusterBackplane: this cluster's messages are ${serialization ?? 'json'}, which cannot carry bytes. ` +
        "Call cluster.setupPrimary({ serialization: 'advanced' }) first.",
    );
  }
}
