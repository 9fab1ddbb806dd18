import { ApiError } from './api';
import { PLACES } from './places';
import { usePoll } from './use-poll';

const EVERY_MS = 5_000;

/** `up`, or what is wrong, by part. */
type Checks = Readonly<Record<string, string>>;

/** What is wrong with the node that is asked, where it tells. */
export function useHealth(): string[] {
  const { told } = usePoll('health', () => checks(), EVERY_MS);
  return Object.entries(told ?? {}).flatMap(([part, state]) => (state === 'up' ? [] : [`${part} ${state}`]));
}

/** It is said with 503 where something is wrong. */
async function checks(): Promise<Checks> {
  if (!PLACES.health) return {};
  try {
    const response = await fetch(PLACES.health);
    return ((await response.json()) as { checks?: Checks }).checks ?? {};
  } catch {
    throw new ApiError(0, 'The server does not answer.');
  }
}
