import { useEffect, useState } from 'preact/hooks';
import { Login } from './login';
import { Session } from './session';
import { Workspace } from './workspace';
import { WorkspaceView } from './workspace-view';

/** The page: a login, and then the board. */
export function App() {
  const [workspace, setWorkspace] = useState<Workspace>();
  useEffect(() => {
    // A page that is put away is gone for the others; whoever comes back to it loads it anew.
    const hide = (): void => workspace?.close();
    const show = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) location.reload();
    };
    addEventListener('pagehide', hide);
    addEventListener('pageshow', show);
    return () => {
      removeEventListener('pagehide', hide);
      removeEventListener('pageshow', show);
    };
  }, [workspace]);
  const enter = (session: Session): void => setWorkspace(new Workspace(session));
  const leave = (): void => {
    Session.forget();
    workspace?.close();
    setWorkspace(undefined);
  };
  return workspace ? <WorkspaceView workspace={workspace} leave={leave} /> : <Login enter={enter} />;
}
