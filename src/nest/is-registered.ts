/** What Nest 11 and 12 call a factory on: the provider's wrapper. All of it is private to Nest. */
export interface ProviderWrapper {
  readonly host?: { readonly container?: { getModules?(): ReadonlyMap<string, RegisteredModule> } };
}

interface RegisteredModule {
  readonly providers: ReadonlyMap<unknown, unknown>;
}

/**
 * Whether any module of the application provides this token. It is known at once, before anything is created; true
 * also where Nest does not tell.
 */
export function isRegistered(wrapper: ProviderWrapper | undefined, token: unknown): boolean {
  const modules = wrapper?.host?.container?.getModules?.();
  return !modules || [...modules.values()].some(({ providers }) => providers.has(token));
}
