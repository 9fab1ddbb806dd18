// Lets a process of its own run the tests' TypeScript, compiled as Jest does it: node --require <this file> program.ts
const { transformSync } = require('@swc/core');
const { readFileSync } = require('node:fs');

const [, options] = require('../../jest.config').transform['^.+\\.ts$'];

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...options, filename, swcrc: false });
  module._compile(code, filename);
};
