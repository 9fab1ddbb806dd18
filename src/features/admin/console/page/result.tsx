import { useEffect } from 'preact/hooks';

/** As long as it takes to read it twice. */
const SHOWN_MS = 6_000;

interface Props {
  readonly text: string;
  readonly onOver: () => void;
}

/** What came of an action, for a while. */
export function Result({ text, onOver }: Props) {
  useEffect(() => {
    const timer = setTimeout(onOver, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="result" role="status">
      {text && (
        <>
          {text} <button onClick={onOver}>Dismiss</button>
        </>
      )}
    </p>
  );
}
