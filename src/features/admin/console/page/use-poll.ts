import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from './api';

/** What was told last, and why there is nothing newer. */
export interface Polled<T> {
  readonly told?: T;
  readonly error?: ApiError;
  /** Asks now. */
  readonly ask: () => void;
}

type Outcome<T> = Pick<Polled<T>, 'told' | 'error'>;

/**
 * Asks at once and then so often, one question at a time, as long as somebody looks at the page. What was told stays
 * while the server does not answer; another `key` is another question.
 */
export function usePoll<T>(key: string, question: () => Promise<T>, everyMs: number): Polled<T> {
  const [outcome, setOutcome] = useState<Outcome<T> & { key: string }>({ key });
  const [asked, setAsked] = useState(0);
  const latest = useRef(question);
  latest.current = question;
  useEffect(() => {
    let timer = 0;
    let left = false;
    const ask = async (): Promise<void> => {
      const answer = document.hidden ? undefined : await outcomeOf(latest.current());
      if (left) return;
      if (answer) setOutcome((known) => ({ key, ...(known.key === key && { told: known.told }), ...answer }));
      timer = window.setTimeout(() => void ask(), everyMs);
    };
    const look = (): void => setAsked((times) => times + 1);
    document.addEventListener('visibilitychange', look);
    void ask();
    return () => {
      left = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [key, asked]);
  const { told, error } = outcome.key === key ? outcome : {};
  return { told, error, ask: () => setAsked((times) => times + 1) };
}

async function outcomeOf<T>(question: Promise<T>): Promise<Outcome<T>> {
  try {
    return { told: await question };
  } catch (error) {
    return { error: error instanceof ApiError ? error : new ApiError(0, String(error)) };
  }
}
