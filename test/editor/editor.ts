import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '../..');
const FILE = join(__dirname, 'application.ts');

/** What an editor shows over the text of one file, by TypeScript's language service. */
export class Editor {
  readonly #service: ts.LanguageService;

  /** Every `¦` in the text marks a place to hover; it stands before the name. */
  constructor(private readonly marked: string) {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
    const text = marked.replaceAll('¦', '');
    this.#service = ts.createLanguageService({
      getCompilationSettings: () => ({ ...options, noUnusedLocals: false }),
      getScriptFileNames: () => [FILE],
      getScriptVersion: () => '1',
      getScriptSnapshot: (path) => snapshotOf(path === FILE ? text : read(path)),
      getCurrentDirectory: () => ROOT,
      getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
      fileExists: (path) => path === FILE || ts.sys.fileExists(path),
      readFile: (path) => (path === FILE ? text : read(path)),
      directoryExists: (path) => ts.sys.directoryExists(path),
    });
  }

  /** The errors it underlines. */
  errors(): string[] {
    const found = this.#service.getSemanticDiagnostics(FILE);
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  }

  /** What it shows at each mark, in their order. */
  hover(): string[] {
    const pieces = this.marked.split('¦').slice(0, -1);
    let position = 0;
    return pieces.map((piece) => this.#at((position += piece.length)));
  }

  #at(position: number): string {
    const info = this.#service.getQuickInfoAtPosition(FILE, position);
    const tags = (info?.tags ?? []).map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`);
    return [ts.displayPartsToString(info?.documentation), ...tags].join('\n').trim();
  }
}

function snapshotOf(text: string | undefined): ts.IScriptSnapshot | undefined {
  return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
}

function read(path: string): string | undefined {
  return ts.sys.fileExists(path) ? readFileSync(path, 'utf8') : undefined;
}
