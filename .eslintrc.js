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
  plugins: ['@typescript-eslint', 'prettier'],
  extends: ['plugin:@typescript-eslint/recommended-type-checked', 'plugin:prettier/recommended'],
  ignorePatterns: ['dist', 'coverage', 'node_modules'],
  rules: {
    'max-lines': ['error', { max: 300 }],
    '@typescript-eslint/no-explicit-any': 'error',
    '@typescript-eslint/consistent-type-imports': 'off',
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/require-await': 'off',
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
  },
  overrides: [
    {
      files: ['src/**/*.ts'],
      // A migration is never changed, and a test is a block of cases.
      excludedFiles: ['src/storage/migrations/**', '*.spec.ts'],
      rules: {
        complexity: ['error', 12],
        'max-lines-per-function': ['error', { max: 30, skipBlankLines: true, skipComments: true }],
      },
    },
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
