import { useState } from 'preact/hooks';
import type { Query } from './api';
import type { Page } from './answers';
import { useDesk } from './desk';
import { Polled, usePoll } from './use-poll';

const EVERY_MS = 4_000;

export interface Pages<P> extends Polled<P> {
  /** Nothing where there is none. */
  readonly back?: () => void;
  readonly on?: () => void;
}

/** A list, a page of it at a time. Another query begins anew. */
export function usePages<Name extends string, Row>(path: string, query: Query): Pages<Page<Name, Row>> {
  const { api } = useDesk();
  const asked = JSON.stringify([path, query]);
  const [{ of, cursors }, setPlace] = useState<{ of: string; cursors: readonly string[] }>({ of: asked, cursors: [] });
  const here = of === asked ? cursors : [];
  const cursor = here.at(-1);
  const polled = usePoll(`${asked} ${cursor}`, () => api.get<Page<Name, Row>>(path, { ...query, cursor }), EVERY_MS);
  const next = polled.told?.next;
  return {
    ...polled,
    back: here.length ? () => setPlace({ of: asked, cursors: here.slice(0, -1) }) : undefined,
    on: next === undefined ? undefined : () => setPlace({ of: asked, cursors: [...here, next] }),
  };
}
