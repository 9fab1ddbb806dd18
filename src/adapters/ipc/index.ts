export { ClusterBackplane } from './cluster.backplane';
export { serveClusterBackplane } from './serve-cluster-backplane';
export type { ClusterPrimary } from './cluster.primary';
export type { ClusterBackplaneOptions, ClusterPrimaryOptions } from './cluster.options';
