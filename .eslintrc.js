const layer = (target, except) => ({
  target: `./src/${target}`,
  from: './src',
  except: except.map((path) => `./${path}`),
  message: `src/${target} may import only ${except.join(', ')}: imports run one way, see README, "Folders".`,
});

// What every layer may use: itself, what lies below it, and the resolved options.
const protocol = ['protocol'];
const auth = ['auth', 'bounded-cache.ts', 'clock.ts', 'protocol', 'realtime.options.ts'];
const connections = ['connections', ...auth];
const gateway = ['gateway', 'redis', ...connections];
const nodes = ['nodes/nodes.ts', 'nodes/command.ts', 'nodes/admin-command.ts'];
const rooms = ['rooms', 'backplane/backplane.ts', 'presence/presence-store.ts', ...nodes, ...gateway];
const feature = (name, ...more) => [name, ...more, 'storage', ...rooms];

/** @type {import('eslint').Linter.Config} */
module.exports = {
  root: true,
  parser: '@typescript-eslint/parser',
  parserOptions: {
    project: [
      './tsconfig.json',
      './src/demo/tsconfig.json',
      './src/demo/page/tsconfig.json',
      './src/admin/console/page/tsconfig.json',
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
          layer('protocol', protocol),
          layer('auth', auth),
          // It runs in browsers.
          layer('client', ['client', 'protocol']),
          layer('connections', connections),
          layer('redis', ['redis', 'protocol']),
          layer('gateway', gateway),
          layer('backplane', ['backplane', 'clock.ts', 'redis', 'protocol', 'realtime.options.ts']),
          layer('nodes', ['nodes', 'redis', 'protocol']),
          layer('storage', ['storage', 'auth/invalid-option.ts', 'protocol']),
          layer('rooms', rooms),
          layer('history', feature('history')),
          layer('events', feature('events')),
          layer('chat', feature('chat')),
          layer('mailbox', feature('mailbox')),
          layer('presence', feature('presence')),
          // They only listen: nobody imports them.
          layer('audit', feature('audit', 'chat')),
          layer('metrics', feature('metrics', 'events')),
          layer('tracing', feature('tracing')),
          // Asks and acts for those who run it; nobody but the documents and the module imports it.
          layer('admin', feature('admin', 'audit', 'chat', 'events', 'metrics')),
          // They tell of everything; nobody but the module imports them.
          layer('documents', ['documents', 'admin', 'chat', 'events', 'history', ...rooms]),
          layer('cli', ['cli', 'documents', 'auth/invalid-option.ts']),
          // For tests of hosts: it boots the whole, with some adapters of its own.
          layer('testing', [
            'testing',
            'shared-adapters.ts',
            'realtime.module-definition.ts',
            'role.options.ts',
            'presence',
            'events',
            ...rooms,
            'backplane',
            'storage',
            'nodes',
            'realtime.defaults.ts',
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
      files: ['*.js'],
      parserOptions: { project: null },
      extends: ['plugin:@typescript-eslint/disable-type-checked'],
      rules: { '@typescript-eslint/no-require-imports': 'off' },
    },
  ],
};
