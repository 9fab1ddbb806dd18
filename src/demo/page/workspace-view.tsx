import { useState } from 'preact/hooks';
import { Header } from './header';
import { CloseIcon } from './icons';
import { NameForm } from './name-form';
import { ProjectView } from './project-view';
import { useShown } from './shown';
import type { Workspace } from './workspace';

/** What is around the board: who is here, whether it is live, and what went wrong. */
export function WorkspaceView({ workspace, leave }: { workspace: Workspace; leave: () => void }) {
  const { project, trouble } = useShown(workspace);
  const [panel, setPanel] = useState(false);
  return (
    <div class={`workspace ${panel ? 'with-panel' : ''}`}>
      <Header workspace={workspace} leave={leave} togglePanel={() => setPanel(!panel)} />
      {trouble && (
        <div class="banner bad" role="alert">
          <span>{trouble}</span>
          <button class="plain" aria-label="Dismiss" onClick={() => workspace.dismiss()}>
            <CloseIcon />
          </button>
        </div>
      )}
      {project ? (
        <ProjectView key={project.id} workspace={workspace} project={project} showPanel={setPanel} />
      ) : (
        <Nothing workspace={workspace} />
      )}
    </div>
  );
}

function Nothing({ workspace }: { workspace: Workspace }) {
  const { loaded, trouble } = workspace;
  if (!loaded && trouble) {
    return (
      <main class="empty">
        <button onClick={() => void workspace.load()}>Try again</button>
      </main>
    );
  }
  if (!loaded) return <main class="empty quiet">Loading…</main>;
  return (
    <main class="empty">
      <h2>There is no project yet</h2>
      <NameForm label="Name of the first project" button="Create" submit={(name) => workspace.addProject(name)} />
    </main>
  );
}
