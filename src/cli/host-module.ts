import type { DynamicModule, Type } from '@nestjs/common';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from './user-error';

export type HostModule = Type | DynamicModule;

// What `@Module()` leaves on a class.
const PARTS = ['imports', 'controllers', 'providers', 'exports'];

/**
 * The root module that a compiled file exports, as CommonJS or as an ES module.
 * @throws UserError when there is no file, no module or more than one
 */
export async function hostModule(file: string, name?: string): Promise<HostModule> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UserError(`There is no file ${path}. Build your application first.`);
  const found = await exportsOf(path);
  const given: unknown = name === undefined ? only(found, file) : found[name];
  const module: unknown = await given;
  if (isModule(module)) return module;
  throw new UserError(
    `${file} exports no module "${name}". It exports: ${Object.keys(found).join(', ') || 'nothing'}.`,
  );
}

/** What Node makes of CommonJS stands under `default`, too. */
async function exportsOf(path: string): Promise<Record<string, unknown>> {
  const loaded = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  const whole = loaded.default;
  const commonjs = typeof whole === 'object' && whole !== null && !isModule(whole) ? whole : {};
  return { ...loaded, ...commonjs };
}

function only(found: Record<string, unknown>, file: string): unknown {
  const modules = Object.keys(found).filter((name) => isModule(found[name]));
  const different = new Set(modules.map((name) => found[name]));
  if (different.size === 1) return [...different][0];
  if (!modules.length) throw new UserError(`${file} exports no class with @Module(). Try --export <name>.`);
  throw new UserError(`${file} exports several modules: ${modules.join(', ')}. Choose one: --export ${modules[0]}.`);
}

function isModule(given: unknown): given is HostModule {
  if (typeof given === 'function') return PARTS.some((part) => Reflect.hasMetadata(part, given));
  return typeof given === 'object' && given !== null && typeof (given as DynamicModule).module === 'function';
}
