import { useEffect, useState } from 'preact/hooks';
import type { ApiError } from './api';
import type { Publication, Publications } from './answers';
import { useDesk } from './desk';
import { follow, NOTHING, precede, Tailed } from './tailed';
import { usePoll } from './use-poll';

export type { TailEntry } from './tailed';

const EVERY_MS = 1_000;

export interface Tail {
  /** Nothing before the first answer. */
  readonly entries?: Tailed['entries'];
  readonly history?: boolean;
  readonly error?: ApiError;
  /** Loads what was said before; nothing where there is none. */
  readonly older?: () => void;
}

/** Follows what a room's stream keeps. */
export function useTail(room: string, paused: boolean): Tail {
  const { api } = useDesk();
  const [tailed, setTailed] = useState<Tailed>(NOTHING);
  const [failed, setFailed] = useState<ApiError>();
  const path = `/rooms/${encodeURIComponent(room)}/publications`;
  const { epoch, offset: after } = tailed;
  const question = async () => (paused ? undefined : api.get<Publications>(path, { epoch, after, limit: 100 }));
  const { told, error } = usePoll(room, question, EVERY_MS);
  useEffect(() => {
    if (told) setTailed((known) => follow(known, told));
  }, [told]);
  const oldest = tailed.entries.findLast((entry): entry is Publication => 'type' in entry);
  const older = (): void => {
    api
      .get<Publications>(path, { before: oldest!.offset })
      .then((page) => setTailed((known) => precede(known, page)), setFailed);
  };
  return {
    entries: tailed.epoch === undefined ? undefined : tailed.entries,
    history: tailed.history,
    error: error ?? failed,
    older: tailed.hasMore && oldest ? older : undefined,
  };
}
