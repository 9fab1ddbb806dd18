// Lets a process of its own run the tests' TypeScript, compiled as Jest does it: node --require <this file> program.ts
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const [, options] = require('../../jest.config').transform['^.+\\.ts$'];
/** What was compiled, by what it was compiled from: hundreds of processes are started, and compiling is half their start. */
const CACHE = join(__dirname, '../../node_modules/.cache/test-programs');
const { version } = require('@swc/core/package.json');

require.extensions['.ts'] = (module, filename) => module._compile(compiled(filename), filename);

function compiled(filename) {
  const source = readFileSync(filename, 'utf8');
  const key = JSON.stringify([version, options, filename, source]);
  const file = join(CACHE, createHash('sha256').update(key).digest('hex'));
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const { code } = require('@swc/core').transformSync(source, { ...options, filename, swcrc: false });
    keep(file, code);
    return code;
  }
}

/** Others read it only once it is whole. */
function keep(file, code) {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
}
