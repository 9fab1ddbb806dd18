import { useState } from 'preact/hooks';
import { Composer } from './composer';
import { useDesk } from './desk';
import { Frames } from './frames';
import { PLACES } from './places';
import { userOf } from './user-of';
import { useSession } from './use-session';

/** A client, to see what clients see. */
export function ClientView() {
  const session = useSession();
  const [room, setRoom] = useState('');
  return (
    <div class="halves client">
      <section class="card" aria-label="Connection">
        <header>
          <h1>Client</h1>
          <span class={`dot ${session.state === 'open' ? 'good' : ''}`} role="status">
            {session.state}
          </span>
        </header>
        <Connect
          state={session.state}
          onOpen={(token) => session.open(PLACES.socket, token)}
          onClose={() => session.close()}
        />
        <Composer room={room} onRoom={setRoom} open={session.state === 'open'} onSend={(text) => session.send(text)} />
      </section>
      <Frames session={session} />
    </div>
  );
}

interface ConnectProps {
  readonly state: 'closed' | 'connecting' | 'open';
  readonly onOpen: (token: string) => void;
  readonly onClose: () => void;
}

function Connect({ state, onOpen, onClose }: ConnectProps) {
  const { api } = useDesk();
  const [token, setToken] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (state === 'closed') onOpen(token.trim() || api.token);
        else onClose();
      }}
    >
      <label class="field">
        Token of the user to connect as
        <input
          type="password"
          autocomplete="off"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
          disabled={state !== 'closed'}
        />
        <small>{whose(token.trim(), api.token)}</small>
      </label>
      <footer>
        <code class="muted">{PLACES.socket}</code>
        <button class={state === 'closed' ? 'main' : ''}>{state === 'closed' ? 'Connect' : 'Disconnect'}</button>
      </footer>
    </form>
  );
}

function whose(given: string, own: string): string {
  if (given) return `You connect as ${userOf(given) ?? 'whoever this token is of'}.`;
  if (own) return `Empty: your own token. You connect as ${userOf(own) ?? 'yourself'}.`;
  return 'Empty: no token. A cookie may say who you are, or a first frame authenticate.';
}
