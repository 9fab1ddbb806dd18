// Lets a process of its own be as one where the packages named in HIDDEN are not installed: node --require <this file> …
const Module = require('node:module');

const hidden = process.env.HIDDEN.split(' ').filter(Boolean);
const { _resolveFilename: resolve } = Module;

Module._resolveFilename = function (request, ...rest) {
  if (!hidden.some((name) => request === name || request.startsWith(`${name}/`)))
    return resolve.call(this, request, ...rest);
  throw Object.assign(new Error(`Cannot find module '${request}'`), { code: 'MODULE_NOT_FOUND' });
};
