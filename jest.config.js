const commonjs = { module: { type: 'commonjs' }, jsc: { target: 'es2022' } };
const typescript = {
  ...commonjs,
  jsc: {
    ...commonjs.jsc,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  sourceMaps: 'inline',
};

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/environment.js',
  globalSetup: '<rootDir>/test/support/prepare.ts',
  globalTeardown: '<rootDir>/test/support/clean-up.ts',
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  // Nest 12 is ES modules, which Jest on Node 20 cannot require untransformed.
  transform: {
    '^.+\\.ts$': ['@swc/jest', typescript],
    '^.+\\.m?js$': ['@swc/jest', commonjs],
  },
  transformIgnorePatterns: [
    '/node_modules/(?!(@nestjs|file-type|strtok3|token-types|uint8array-extras|@tokenizer|@borewit|load-esm)/)',
  ],
  // Two cores: more workers than that only make timing tests lie.
  maxWorkers: 2,
  // The harness itself says after 5 s what it missed; this is for what it does not see.
  testTimeout: 20_000,
};
