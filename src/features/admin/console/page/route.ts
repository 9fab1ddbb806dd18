import { useEffect, useState } from 'preact/hooks';

/** Where one is in the console: what stands behind the `#`. */
export interface Route {
  readonly view: string;
  /** What of it, such as a room. */
  readonly of?: string;
  readonly query: URLSearchParams;
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const look = (): void => setHash(location.hash);
    addEventListener('hashchange', look);
    return () => removeEventListener('hashchange', look);
  }, []);
  return toRoute(hash);
}

/** A link to a view, or to one thing in it. */
export function to(view: string, of?: string, query: Record<string, string> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `#/${view}${of === undefined ? '' : `/${encodeURIComponent(of)}`}${search && `?${search}`}`;
}

/** Keeps what was typed in the address, without a step back for each letter. */
export function replace(link: string): void {
  history.replaceState(null, '', link);
}

function toRoute(hash: string): Route {
  const [path, search = ''] = hash.slice(1).split('?', 2);
  const [view = '', of] = path.split('/').slice(1);
  return { view, of: of === undefined ? undefined : decoded(of), query: new URLSearchParams(search) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Typed by hand.
    return part;
  }
}
