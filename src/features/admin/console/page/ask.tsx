import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Field, Filled, Question } from './question';

interface Props {
  readonly question: Question;
  /** With what came of it; with nothing where it was not done. */
  readonly onClose: (result?: string) => void;
}

/** Asks before something is done. */
export function Ask({ question, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [trouble, setTrouble] = useState('');
  const [busy, setBusy] = useState(false);
  useLayoutEffect(() => dialog.current?.showModal(), []);

  const act = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true);
    try {
      onClose(await question.act(filledIn(form)));
    } catch (error) {
      setTrouble((error as Error).message);
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} onClose={() => onClose()} aria-labelledby="ask-title" aria-describedby="ask-text">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act(event.currentTarget);
        }}
      >
        <h2 id="ask-title">{question.title}</h2>
        <p id="ask-text">{question.text}</p>
        {question.fields?.map((field) => (
          <Entry key={field.name} field={field} />
        ))}
        {trouble && (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        )}
        <footer>
          <button type="button" onClick={() => onClose()}>
            Cancel
          </button>
          <button class={question.grave ? 'grave' : 'main'} disabled={busy}>
            {question.verb}
          </button>
        </footer>
      </form>
    </dialog>
  );
}

function Entry({ field: { name, label, kind, value, hint, required } }: { readonly field: Field }) {
  if (kind === 'check') {
    return (
      <label class="check">
        <input type="checkbox" name={name} value="yes" /> {label}
      </label>
    );
  }
  return (
    <label class="field">
      {label}
      {kind === 'json' ? (
        <textarea name={name} rows={5} required={required} spellcheck={false} defaultValue={value} />
      ) : (
        <input name={name} required={required} autocomplete="off" spellcheck={false} defaultValue={value} />
      )}
      {hint && <small>{hint}</small>}
    </label>
  );
}

function filledIn(form: HTMLFormElement): Filled {
  const entries = [...new FormData(form)].map(([name, value]) => [name, (value as string).trim()]);
  return Object.fromEntries(entries.filter(([, value]) => value)) as Filled;
}
