import { useEffect, useState } from 'preact/hooks';
import { Logo } from './icons';
import { Session } from './session';

/** Asks for a name, unless this tab has one already. */
export function Login({ enter }: { enter: (session: Session) => void }) {
  const [name, setName] = useState(Session.keptName ?? '');
  const [busy, setBusy] = useState(name !== '');
  const [error, setError] = useState('');
  const login = async (): Promise<void> => {
    setBusy(true);
    try {
      enter(await Session.login(name.trim()));
    } catch (cause) {
      setError((cause as Error).message);
      setBusy(false);
    }
  };
  useEffect(() => {
    if (busy) void login();
  }, []);
  const submit = (event: Event): void => {
    event.preventDefault();
    void login();
  };
  return (
    <main class="login">
      <form class="sheet" onSubmit={submit} noValidate>
        <Logo />
        <h1>Project board</h1>
        <p class="quiet">Plan together, live. Open it in a second window under another name.</p>
        <label class="field">
          Your name
          <input
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
            aria-invalid={error !== ''}
            aria-describedby="login-error"
            autoComplete="nickname"
            maxLength={64}
            autoFocus
          />
        </label>
        <p id="login-error" class="error" role="alert">
          {error}
        </p>
        <button class="primary" disabled={busy}>
          {busy ? 'Entering…' : 'Enter'}
        </button>
      </form>
    </main>
  );
}
