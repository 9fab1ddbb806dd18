// Builds the console: a page, one script and one style, into dist/admin/console or the folder given.
const { copyFileSync, mkdirSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { buildSync } = require('esbuild');

const page = join(__dirname, 'page');
const target = resolve(process.argv[2] ?? join(__dirname, '../../../dist/admin/console'));

mkdirSync(target, { recursive: true });
copyFileSync(join(page, 'index.html'), join(target, 'index.html'));
buildSync({
  entryPoints: { console: join(page, 'main.tsx'), style: join(page, 'console.css') },
  outdir: target,
  entryNames: 'console',
  bundle: true,
  minify: true,
  target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
  logLevel: 'warning',
});
