import { useState } from 'preact/hooks';

interface NameFormProps {
  readonly label: string;
  readonly button: string;
  readonly submit: (name: string) => Promise<void> | void;
  readonly cancel?: () => void;
}

/** One line that makes something: Enter makes it, Escape gives it up. */
export function NameForm({ label, button, submit, cancel }: NameFormProps) {
  const [name, setName] = useState('');
  const send = (event: Event): void => {
    event.preventDefault();
    if (!name.trim()) return;
    setName('');
    void submit(name.trim());
  };
  return (
    <form class="name-form" onSubmit={send} onKeyDown={({ key }) => key === 'Escape' && cancel?.()}>
      <input
        aria-label={label}
        placeholder={label}
        value={name}
        onInput={({ currentTarget }) => setName(currentTarget.value)}
        maxLength={200}
        autoFocus={cancel !== undefined}
      />
      <button class="primary">{button}</button>
      {cancel && (
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      )}
    </form>
  );
}
