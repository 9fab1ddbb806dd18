// Builds the console: a page, one script and one style, into dist/features/admin/console or the folder given.
const { copyFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');
const { buildSync } = require('esbuild');

const page = join(__dirname, 'page');
const target = resolve(process.argv[2] ?? join(__dirname, '../../../../dist/features/admin/console'));

mkdirSync(target, { recursive: true });
copyFileSync(join(page, 'index.html'), join(target, 'index.html'));
buildSync({
  entryPoints: { script: join(page, 'main.tsx'), style: join(page, 'console.css') },
  outdir: target,
  entryNames: 'console',
  bundle: true,
  minify: true,
  target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
  logLevel: 'warning',
});
// What others wrote goes with its terms.
writeFileSync(join(target, 'LICENSES.txt'), ['preact', 'uplot'].map(licenseOf).join('\n'));

function licenseOf(name) {
  const folder = dirname(require.resolve(`${name}/package.json`));
  return `${name}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8')}`;
}
