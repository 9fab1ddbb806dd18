import { useMemo, useState } from 'preact/hooks';
import { Api } from './api';
import type { Stats } from './answers';
import { Ask } from './ask';
import { AuditView } from './audit';
import { ClientView } from './client';
import { ConnectionsView } from './connections';
import { DeskProvider } from './desk';
import { Header } from './header';
import { Overview } from './overview';
import type { Question } from './question';
import { RoomView } from './room';
import { RoomsView } from './rooms';
import { Route, useRoute } from './route';
import { SignIn } from './sign-in';
import { Result } from './result';
import { Loading, Lost, Trouble } from './states';
import { useSamples } from './use-samples';
import { usePoll } from './use-poll';

/** Of this tab, and gone with it. */
const TOKEN = 'nestjs-realtime:token';
const EVERY_MS = 2_000;

export function App() {
  const [token, setToken] = useState(() => sessionStorage.getItem(TOKEN) ?? '');
  const api = useMemo(() => new Api(token), [token]);
  const signIn = (given: string): void => {
    sessionStorage.setItem(TOKEN, given);
    setToken(given);
  };
  const stats = usePoll(`stats of ${token}`, () => api.get<Stats>('/stats'), EVERY_MS);
  const { told, error } = stats;
  if (error?.isRefusal) return <SignIn refusal={token ? error.message : undefined} onToken={signIn} />;
  if (!told && error?.status === 404) return <Blank>{<Trouble error={error} again={stats.ask} />}</Blank>;
  if (!told) return <Blank>{error ? <Lost error={error} again={stats.ask} /> : <Loading what="the nodes" />}</Blank>;
  return <Console key={token} {...{ api, stats: told, lost: error, again: stats.ask }} signOut={() => signIn('')} />;
}

function Blank({ children }: { readonly children: preact.ComponentChildren }) {
  return <main class="blank">{children}</main>;
}

interface ConsoleProps {
  readonly api: Api;
  readonly stats: Stats;
  readonly lost?: Error;
  readonly again: () => void;
  readonly signOut: () => void;
}

function Console({ api, stats, lost, again, signOut }: ConsoleProps) {
  const route = useRoute();
  const samples = useSamples(stats, lost);
  const [question, ask] = useState<Question>();
  const [result, setResult] = useState('');
  const desk = useMemo(() => ({ api, ask }), [api]);
  const close = (told?: string): void => {
    ask(undefined);
    if (told) setResult(told);
  };
  return (
    <DeskProvider value={desk}>
      <Header view={route.view} {...{ stats, lost, signOut }} />
      {lost && <Lost error={lost} again={again} />}
      <main id="main" class={lost ? 'stale' : ''} tabIndex={-1}>
        <View {...{ route, stats, samples }} />
      </main>
      {question && <Ask question={question} onClose={close} />}
      <Result text={result} onOver={() => setResult('')} />
    </DeskProvider>
  );
}

interface ViewProps {
  readonly route: Route;
  readonly stats: Stats;
  readonly samples: ReturnType<typeof useSamples>;
}

function View({ route: { view, of, query }, stats, samples }: ViewProps) {
  switch (view) {
    case 'rooms':
      return of === undefined ? <RoomsView search={query.get('search') ?? ''} /> : <RoomView key={of} room={of} />;
    case 'connections':
      return <ConnectionsView search={query.get('search') ?? ''} room={query.get('room') ?? ''} />;
    case 'audit':
      return <AuditView user={query.get('user') ?? ''} />;
    case 'client':
      return <ClientView />;
    default:
      return <Overview stats={stats} samples={samples} />;
  }
}
