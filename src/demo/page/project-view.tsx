import { BoardView } from './board-view';
import { MissedBanner } from './missed-banner';
import type { OpenProject } from './open-project';
import { Panel } from './panel';
import { useShown } from './shown';
import type { Workspace } from './workspace';

interface ProjectViewProps {
  readonly workspace: Workspace;
  readonly project: OpenProject;
  readonly closePanel: () => void;
}

export function ProjectView({ workspace, project, closePanel }: ProjectViewProps) {
  const { state } = useShown(project);
  if (state === 'loading' && !project.name) return <main class="empty quiet">Loading…</main>;
  if (state === 'gone') return <main class="empty">This project was deleted. Choose another one above.</main>;
  if (state instanceof Error) {
    return (
      <main class="empty">
        <p role="alert">{state.message}</p>
        <button onClick={() => void project.follow()}>Try again</button>
      </main>
    );
  }
  return (
    <>
      <MissedBanner project={project} />
      <BoardView workspace={workspace} project={project} />
      <Panel project={project} ownId={workspace.session.userId} close={closePanel} />
    </>
  );
}
