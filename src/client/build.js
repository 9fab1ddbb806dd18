// Builds nestjs-realtime/client: one file and its types for each module system, into dist/client or the folder given.
const { execFileSync } = require('node:child_process');
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { buildSync } = require('esbuild');

const root = join(__dirname, '../..');
const target = resolve(process.argv[2] ?? join(root, 'dist/client'));

for (const format of ['esm', 'cjs']) {
  const folder = join(target, format);
  buildSync({
    entryPoints: [join(root, 'src/client/index.ts')],
    outfile: join(folder, 'index.js'),
    bundle: true,
    format,
    target: 'es2022',
  });
  const tsc = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'src/client'), '--outDir', folder], { stdio: 'inherit' });
  for (const file of declarations(folder)) writeFileSync(file, withExtensions(readFileSync(file, 'utf8')));
}
writeFileSync(join(target, 'esm/package.json'), '{ "type": "module" }\n');

function declarations(folder) {
  const files = readdirSync(folder, { recursive: true });
  return files.filter((file) => file.endsWith('.d.ts')).map((file) => join(folder, file));
}

/** ES modules name files, not modules. */
function withExtensions(declaration) {
  return declaration.replace(/(from ['"]|import\(['"])(\.{1,2}\/[^'"]+)/g, '$1$2.js');
}
