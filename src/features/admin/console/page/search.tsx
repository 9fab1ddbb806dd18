import { useEffect, useRef, useState } from 'preact/hooks';

/** Nobody wants the answers to half a word. */
const PAUSE_MS = 250;

interface Props {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  /** Told once the typing stops. */
  readonly onSearch: (text: string) => void;
}

/** A search as one types; the key / leads to it. */
export function Search({ label, hint, value, onSearch }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => onSearch(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    const jump = (event: KeyboardEvent): void => {
      if (event.key !== '/' || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', jump);
    return () => removeEventListener('keydown', jump);
  }, []);
  return (
    <input
      ref={input}
      type="search"
      aria-label={label}
      placeholder={`${hint}   /`}
      maxLength={200}
      spellcheck={false}
      value={text}
      onInput={(event) => setText(event.currentTarget.value)}
    />
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    document.querySelector('dialog') !== null
  );
}
