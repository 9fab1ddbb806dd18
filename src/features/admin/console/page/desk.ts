import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from './api';
import type { Question } from './question';

/** What every view works with. */
export interface Desk {
  readonly api: Api;
  /** Asks the operator before something is done. */
  readonly ask: (question: Question) => void;
}

const Context = createContext<Desk | undefined>(undefined);

export const DeskProvider = Context.Provider;

export function useDesk(): Desk {
  return useContext(Context)!;
}
