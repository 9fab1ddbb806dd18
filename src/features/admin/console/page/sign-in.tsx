import { useState } from 'preact/hooks';

interface Props {
  /** What the server said to the token before. */
  readonly refusal?: string;
  readonly onToken: (token: string) => void;
}

/** Asks for the operator's token. */
export function SignIn({ refusal, onToken }: Props) {
  const [token, setToken] = useState('');
  return (
    <main class="blank">
      <form
        class="card sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          onToken(token.trim().replace(/^Bearer /i, ''));
        }}
      >
        <h1>Realtime console</h1>
        <p>Sign in with a token of a user who has the role admin.</p>
        <label class="field">
          Token
          <input
            type="password"
            name="token"
            autocomplete="off"
            required
            autofocus
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
            aria-describedby="token-hint"
          />
          <small id="token-hint">It stays in this tab, and goes to this server only.</small>
        </label>
        {refusal && (
          <p class="trouble" role="alert">
            {refusal}
          </p>
        )}
        <footer>
          <button class="main">Sign in</button>
        </footer>
      </form>
    </main>
  );
}
