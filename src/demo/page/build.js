// Builds the page of the demo: its script beside the files that go as they are, into dist/demo/page.
const { cpSync, mkdirSync } = require('node:fs');
const { join } = require('node:path');
const { buildSync } = require('esbuild');

const target = join(__dirname, '../../../dist/demo/page');

mkdirSync(target, { recursive: true });
for (const file of ['index.html', 'board.css', 'board.svg']) cpSync(join(__dirname, file), join(target, file));
buildSync({
  entryPoints: [join(__dirname, 'main.tsx')],
  outfile: join(target, 'board.js'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
});
