/** Whom a JWT says it is of, to be shown; whether that is true the server says. */
export function userOf(token: string): string | undefined {
  try {
    const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown };
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    // Other tokens than JWTs are accepted, too.
    return undefined;
  }
}
