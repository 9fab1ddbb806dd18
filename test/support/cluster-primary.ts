import cluster from 'node:cluster';
import { join } from 'node:path';
import { serveClusterBackplane } from '../../src/adapters/ipc/serve-cluster-backplane';

// Two processes of one application on one port, as the documentation of ClusterBackplane has it.

cluster.setupPrimary({ serialization: 'advanced', exec: join(__dirname, 'cluster-app.ts') });
serveClusterBackplane();
// Of one that dies with a connection it has not taken there is no disconnect.
cluster.on('fork', ({ process }) => process.once('close', () => console.log(`${process.pid} is gone`)));
cluster.fork();
cluster.fork();
cluster.on('listening', ({ process: { pid } }, { port }) => console.log(`${pid} listens on ${port}`));
let stopping = false;
cluster.on('exit', () => stopping || cluster.fork());
process.on('SIGTERM', () => {
  stopping = true;
  for (const worker of Object.values(cluster.workers!)) worker!.process.kill('SIGTERM');
});
