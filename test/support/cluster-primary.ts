import cluster from 'node:cluster';
import { join } from 'node:path';
import { serveClusterBackplane } from '../../src/backplane/cluster/serve-cluster-backplane';

// Two processes of one application on one port, as the documentation of ClusterBackplane has it.

cluster.setupPrimary({ serialization: 'advanced', exec: join(__dirname, 'cluster-app.ts') });
serveClusterBackplane();
cluster.fork();
cluster.fork();
cluster.on('listening', ({ process: { pid } }, { port }) => console.log(`${pid} listens on ${port}`));
process.on('SIGTERM', () => {
  for (const worker of Object.values(cluster.workers!)) worker!.process.kill('SIGTERM');
});
