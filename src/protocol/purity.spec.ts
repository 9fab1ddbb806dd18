import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const sources = readdirSync(__dirname).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'));

describe('the protocol folder, which browsers load', () => {
  it('has the sources looked at here', () => {
    expect(sources).toEqual(expect.arrayContaining(['codec.ts', 'errors.ts', 'frames.ts']));
  });

  it.each(sources)('imports only its own files: %s', (file) => {
    const foreign = importsOf(read(file)).filter((path) => !sources.includes(`${path.replace(/^\.\//, '')}.ts`));
    expect(foreign).toEqual([]);
  });

  it.each(sources)('uses nothing that only Node has: %s', (file) => {
    const code = read(file).replace(/\/\*.*?\*\/|\/\/.*?$/gms, '');
    expect(code.match(/\b(Buffer|NodeJS|setImmediate|__dirname|__filename|(process|global)\.|require\()/g)).toBeNull();
  });
});

function read(file: string): string {
  return readFileSync(join(__dirname, file), 'utf8');
}

/** Whatever stands behind `from`, or in an `import` with nothing before it: static, dynamic or re-exported. */
function importsOf(source: string): string[] {
  return Array.from(source.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g), ([, path]) => path);
}
