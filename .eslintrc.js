const layer = (target, except) => ({
  target: `./src/${target}`,
  from: './src',
  except: [...new Set(except)].map((path) => `./${path}`),
  message: `src/${target} may import only ${except.join(', ')}: imports run one way, see README, "Folders".`,
});

// The ground that every layer stands on.
const ground = ['protocol', 'async', 'logging', 'options', 'nest'];
const auth = ['auth', ...ground];
const connections = ['connections', ...auth];
const gateway = ['gateway', ...connections];
const publishing = ['publishing', ...auth];
const rooms = ['rooms', 'nodes', ...publishing, ...gateway];
const events = ['events', ...rooms];
/** The core, as a feature sees it. Features never import each other. */
const core = ['reports', 'history', 'storage', 'module/feature.ts', ...events];
const feature = (name) => layer(`features/${name}`, [`features/${name}`, ...core]);
const FEATURES = ['admin', 'asyncapi', 'audit', 'chat', 'health', 'mailbox', 'metrics', 'presence', 'tracing'];
const ports = [
  'gateway/idempotency',
  'gateway/limits',
  'gateway/handshake/revocations.ts',
  'nodes',
  'rooms/member-lists.ts',
  'features/presence/presence-store.ts',
];

/** @type {import('eslint').Linter.Config} */
module.exports = {
  root: true,
  parser: '@typescript-eslint/parser',
  parserOptions: {
    project: [
      './tsconfig.json',
      './src/demo/tsconfig.json',
      './src/demo/page/tsconfig.json',
      './src/features/admin/console/page/tsconfig.json',
    ],
    tsconfigRootDir: __dirname,
  },
  plugins: ['@typescript-eslint', 'import', 'prettier'],
  extends: ['plugin:@typescript-eslint/recommended-type-checked', 'plugin:prettier/recommended'],
  settings: { 'import/resolver': { typescript: { project: __dirname } } },
  ignorePatterns: ['dist', 'coverage', 'node_modules'],
  rules: {
    'max-lines': ['error', { max: 300 }],
    '@typescript-eslint/no-explicit-any': 'error',
    '@typescript-eslint/consistent-type-imports': 'off',
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/require-await': 'off',
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    'import/no-cycle': 'error',
    'import/no-restricted-paths': [
      'error',
      {
        zones: [
          layer('protocol', ['protocol']),
          layer('async', ['async', 'protocol']),
          layer('logging', ['logging', 'async', 'protocol']),
          layer('options', ['options', 'protocol']),
          layer('auth', auth),
          // It runs in browsers.
          layer('client', ['client', 'protocol']),
          layer('connections', connections),
          layer('gateway', gateway),
          layer('publishing', ['connections', ...publishing]),
          layer('nodes', ['nodes', ...ground]),
          layer('storage', ['storage', ...ground]),
          layer('rooms', rooms),
          layer('history', ['history', ...rooms]),
          layer('events', events),
          layer('reports', ['reports', ...events]),
          // The core is put together without any feature.
          layer('module', ['module', 'realtime.module-definition.ts', 'realtime.options.ts', 'storage', ...events]),
          ...FEATURES.map(feature),
          layer('adapters', ['adapters', 'storage', ...ports, ...publishing]),
          layer('cli', ['cli', 'features/asyncapi', 'module/feature.ts', ...ground]),
          // For tests of hosts: it boots the whole, with some adapters of its own.
          layer('testing', [
            ...['testing', 'realtime.module-definition.ts', 'realtime.options.ts', 'module', 'adapters'],
            ...['features/presence', 'storage', ...events],
          ]),
          // A program of its own, whose page is built on the client.
          { ...layer('demo', ['demo', 'index.ts', 'features', 'adapters/sqlite']), target: ['./src/demo/*.ts', './src/demo/!(page)/**'] },
          layer('demo/page', ['demo', 'client']),
        ],
      },
    ],
  },
  overrides: [
    {
      files: ['src/**/*.ts'],
      // Adapters may carry what the publisher of another process gave them.
      excludedFiles: ['src/publishing/publisher.ts', 'src/adapters/**', '*.spec.ts'],
      rules: {
        'no-restricted-syntax': [
          'error',
          {
            selector: 'CallExpression[callee.property.name="publish"][callee.object.property.name="backplane"]',
            message: 'Publish through Publisher: what goes past it is missing in the metrics.',
          },
        ],
      },
    },
    {
      files: ['*.js'],
      parserOptions: { project: null },
      extends: ['plugin:@typescript-eslint/disable-type-checked'],
      rules: { '@typescript-eslint/no-require-imports': 'off' },
    },
  ],
};
