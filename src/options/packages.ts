/**
 * Loads a package that only some applications need, when they do.
 * @throws Error that names the package and how to install it
 */
export function optionalPackage<Package>(name: string, user: string, load: () => unknown): Package {
  try {
    return load() as Package;
  } catch (cause) {
    throw missing(cause) ? new Error(message(user, [name]), { cause }) : cause;
  }
}

/**
 * Checks the packages of an entry point before its other files import them.
 * @throws Error that names those that are missing and how to install them
 */
export function requirePackages(user: string, ...names: readonly string[]): void {
  const absent = names.filter((name) => !isInstalled(name));
  if (absent.length) throw new Error(message(user, absent));
}

function isInstalled(name: string): boolean {
  try {
    return Boolean(require.resolve(name));
  } catch (cause) {
    return !missing(cause);
  }
}

function missing(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'MODULE_NOT_FOUND';
}

function message(user: string, names: readonly string[]): string {
  const packages = names.length === 1 ? `the package ${names[0]}` : `the packages ${names.join(', ')}`;
  return `${user} needs ${packages}: npm install ${names.join(' ')}`;
}
