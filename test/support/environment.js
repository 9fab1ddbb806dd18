const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

const { run } = AsyncLocalStorage.prototype;
/** Those that ran during the test file: the one of Jest's own runner among them. */
const used = new Set();

AsyncLocalStorage.prototype.run = function (...args) {
  used.add(this);
  return run.apply(this, args);
};

/**
 * Node, where a test file leaves no `AsyncLocalStorage` enabled. Up to Node 22 each that is makes every promise of the
 * process dearer, and Jest's runner enables one for each file: the hundredth file of a worker would run at half the speed.
 */
module.exports = class extends TestEnvironment {
  async teardown() {
    for (const storage of used) storage.disable();
    used.clear();
    await super.teardown();
  }
};
