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
const presence = 'features/presence/presence-store.ts';
const mailbox = 'features/mailbox/mailbox.ts';
const rooms = ['rooms', 'nodes', presence, mailbox, ...publishing, ...gateway];
const feature = (name, ...more) => [`features/${name}`, ...more, 'events', 'storage', ...rooms];
const ports = ['gateway/idempotency', 'gateway/limits', 'gateway/handshake/revocations.ts', 'nodes', presence];

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
          layer('events', ['events', ...rooms]),
          layer('features/chat', feature('chat')),
          layer('features/mailbox', feature('mailbox')),
          layer('features/presence', feature('presence')),
          // They only listen: nobody imports them.
          layer('features/audit', feature('audit', 'features/chat')),
          layer('features/metrics', feature('metrics', 'features/mailbox')),
          layer('features/tracing', feature('tracing')),
          // Asks and acts for those who run it; nobody but the documents and the module imports it.
          layer('features/admin', feature('admin', 'features/audit', 'features/chat', 'features/metrics')),
          // They tell of everything; nobody but the module imports them.
          layer('features/asyncapi', feature('asyncapi', 'features/admin', 'features/chat', 'history')),
          layer('adapters', ['adapters', 'storage', ...ports, ...publishing]),
          layer('cli', ['cli', 'features/asyncapi', ...ground]),
          // For tests of hosts: it boots the whole, with some adapters of its own.
          layer('testing', [
            'testing',
            'shared-adapters.ts',
            'realtime.module-definition.ts',
            'realtime.options.ts',
            'module',
            'adapters',
            'features/presence',
            'events',
            'storage',
            ...rooms,
          ]),
          // A program of its own, whose page is built on the client.
          { ...layer('demo', ['demo', 'index.ts']), target: ['./src/demo/*.ts', './src/demo/!(page)/**'] },
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
