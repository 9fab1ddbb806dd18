import { useState } from 'preact/hooks';
import { BoardView } from './board-view';
import { MissedBanner } from './missed-banner';
import type { OpenProject } from './open-project';
import { Panel, type PanelTab } from './panel';
import { useShown } from './shown';
import type { Workspace } from './workspace';

interface ProjectViewProps {
  readonly workspace: Workspace;
  readonly project: OpenProject;
  /** On a phone, where it lies over the board. */
  readonly showPanel: (shown: boolean) => void;
}

export function ProjectView({ workspace, project, showPanel }: ProjectViewProps) {
  const { state } = useShown(project);
  const [tab, choose] = useState<PanelTab>('Chat');
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
  const showMissed = (): void => {
    choose('Activity');
    showPanel(true);
    project.seen();
  };
  const { userId } = workspace.session;
  return (
    <>
      <MissedBanner project={project} show={showMissed} />
      <BoardView workspace={workspace} project={project} />
      <Panel project={project} ownId={userId} tab={tab} choose={choose} close={() => showPanel(false)} />
    </>
  );
}
