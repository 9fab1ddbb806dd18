// Imports run one way, types included. The zones are those of the folders in .github/CONTRIBUTING.md.

// The ground that every layer stands on.
const ground = ['protocol', 'async', 'logging', 'options', 'nest'];
const auth = ['auth', ...ground];
const connections = ['connections', ...auth];
const gateway = ['gateway', ...connections];
const publishing = ['publishing', ...connections];
const rooms = ['rooms', 'nodes', 'publishing', ...gateway];
const events = ['events', ...rooms];
/** The core, as a feature sees it. */
const core = ['reports', 'history', 'storage', 'module/feature.ts', ...events];
const FEATURES = ['admin', 'asyncapi', 'audit', 'chat', 'health', 'mailbox', 'metrics', 'presence', 'tracing'];
/** What adapters implement. */
const ports = ['gateway/(idempotency|limits)', 'gateway/handshake/revocations.ts', 'nodes', 'rooms/member-lists.ts'];
const ROOT = 'realtime[^/]*.ts|emitter.ts|packages.ts';

const LAYERS = {
  protocol: ['protocol'],
  async: ['async', 'protocol'],
  logging: ['logging', 'async', 'protocol'],
  options: ['options', 'protocol'],
  nest: ['nest', ...ground],
  auth,
  client: ['client', 'protocol'],
  connections,
  gateway,
  publishing,
  nodes: ['nodes', ...ground],
  storage: ['storage', ...ground],
  rooms,
  history: ['history', ...rooms],
  events,
  reports: ['reports', ...events],
  // The core is put together without any feature or adapter.
  module: ['module', 'storage', ROOT, ...events],
  [`(${ROOT})`]: [ROOT, 'module', 'history', 'storage', ...events],
  'index.ts': [ROOT, 'module', 'history', 'storage', 'reports', ...events],
  ...Object.fromEntries(FEATURES.map((name) => [`features/${name}`, [`features/${name}`, ...core]])),
  adapters: ['adapters', 'storage', 'features/presence/presence-store.ts', ...ports, ...publishing],
  cli: ['cli', 'features/asyncapi', 'module/feature.ts', ...ground],
  testing: ['testing', 'module', 'adapters', 'features/presence', 'storage', ROOT, ...events],
  'demo/(?!page/).*': ['demo', 'index.ts', 'features/[a-z]+/index.ts', 'adapters/[a-z]+/index.ts'],
  'demo/page': ['demo', 'client'],
};

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that import each other are one file, or one of them needs a port.',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(LAYERS).map(([layer, allowed]) => ({
      name: `src/${layer}`,
      severity: 'error',
      comment: `src/${layer} may import only ${[...new Set(allowed)].join(', ')}.`,
      from: { path: `^src/${layer}(/|$)`, pathNot: '\\.spec\\.tsx?$' },
      to: { path: '^src/', pathNot: `^src/(${allowed.join('|')})(/|$)` },
    })),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'console/page|\\.spec\\.ts$' },
  },
};
