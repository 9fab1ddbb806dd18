import { join } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '../..');
const FORMAT = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;

/** What entry points of the package export, as text: one line for each export, and for each public member of its own. */
export class ApiReport {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;

  /** @param entries files below `src` */
  constructor(entries: readonly string[]) {
    const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
    const files = entries.map((entry) => join(ROOT, 'src', entry));
    this.#program = ts.createProgram(files, { ...options, noEmit: true });
    this.#checker = this.#program.getTypeChecker();
  }

  of(entry: string): string {
    const module = this.#checker.getSymbolAtLocation(this.#program.getSourceFile(join(ROOT, 'src', entry))!)!;
    const exported = this.#checker.getExportsOfModule(module).sort((one, other) => (one.name < other.name ? -1 : 1));
    return exported.flatMap((symbol) => this.#lines(symbol)).join('\n') + '\n';
  }

  #lines(exported: ts.Symbol): string[] {
    const isAlias = exported.flags & ts.SymbolFlags.Alias;
    const symbol = isAlias ? this.#checker.getAliasedSymbol(exported) : exported;
    const [declaration] = symbol.declarations!;
    const { name } = exported;
    if (ts.isClassDeclaration(declaration)) return [`class ${name}`, ...this.#members(symbol, declaration)];
    if (ts.isInterfaceDeclaration(declaration)) return [`interface ${name}`, ...this.#members(symbol, declaration)];
    if (ts.isTypeAliasDeclaration(declaration)) {
      return [`type ${name} = ${this.#text(this.#checker.getDeclaredTypeOfSymbol(symbol))}`];
    }
    return [`const ${name}: ${this.#text(this.#checker.getTypeOfSymbolAtLocation(symbol, declaration))}`];
  }

  #members(symbol: ts.Symbol, at: ts.Declaration): string[] {
    const statics = [...(symbol.exports?.values() ?? [])].filter(({ name }) => name !== 'prototype');
    const members = [...(symbol.members?.values() ?? [])];
    return [
      ...statics.filter(isPublic).map((each) => `  static ${this.#member(each, at)}`),
      ...members.filter(isPublic).map((each) => `  ${this.#member(each, at)}`),
    ].sort();
  }

  #member(member: ts.Symbol, at: ts.Declaration): string {
    const optional = member.flags & ts.SymbolFlags.Optional ? '?' : '';
    return `${member.name}${optional}: ${this.#text(this.#checker.getTypeOfSymbolAtLocation(member, at))}`;
  }

  /** On one line, and the same on every machine. */
  #text(type: ts.Type): string {
    return this.#checker
      .typeToString(type, undefined, FORMAT)
      .replace(/import\("[^"]*"(, \{[^}]*\})?\)\./g, '')
      .replace(/\s+/g, ' ');
  }
}

function isPublic(member: ts.Symbol): boolean {
  if (member.name.startsWith('__') || !member.declarations) return false;
  return member.declarations.every(
    (each) =>
      !(ts.getCombinedModifierFlags(each) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) &&
      !(ts.isPropertyDeclaration(each) && ts.isPrivateIdentifier(each.name)) &&
      !(ts.isMethodDeclaration(each) && ts.isPrivateIdentifier(each.name)) &&
      !(ts.isAccessor(each) && ts.isPrivateIdentifier(each.name)),
  );
}
