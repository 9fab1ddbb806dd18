import { useState } from 'preact/hooks';
import type { StateChange } from '../../client';
import type { Project } from '../projects/project';
import { ChatIcon, Logo } from './icons';
import { NameForm } from './name-form';
import type { OpenProject } from './open-project';
import { People } from './people';
import { useShown } from './shown';
import type { Workspace } from './workspace';

interface HeaderProps {
  readonly workspace: Workspace;
  readonly leave: () => void;
  readonly togglePanel: () => void;
}

export function Header({ workspace, leave, togglePanel }: HeaderProps) {
  const { project, session, link } = workspace;
  return (
    <header class="top">
      <Logo />
      <ProjectChoice workspace={workspace} />
      <Connection link={link} connect={() => workspace.connect()} />
      <span class="gap" />
      {project && <People project={project} ownId={session.userId} />}
      <button class="plain leave" onClick={leave} title={`Logged in as ${session.name}`}>
        Log out
      </button>
      <button class="panel-toggle" onClick={togglePanel} aria-label="Chat and activity">
        <ChatIcon />
      </button>
    </header>
  );
}

const NEW = 'new';

function ProjectChoice({ workspace }: { workspace: Workspace }) {
  const [naming, setNaming] = useState(false);
  const { projects, project } = workspace;
  if (naming) {
    const add = (name: string): void => {
      setNaming(false);
      void workspace.addProject(name);
    };
    return <NameForm label="Name of the project" button="Create" submit={add} cancel={() => setNaming(false)} />;
  }
  if (!project) return <strong>Project board</strong>;
  const choose = (id: string): void => (id === NEW ? setNaming(true) : workspace.open(id));
  return <ProjectSelect projects={projects} open={project} choose={choose} />;
}

interface ProjectSelectProps {
  readonly projects: readonly Project[];
  readonly open: OpenProject;
  readonly choose: (id: string) => void;
}

function ProjectSelect({ projects, open, choose }: ProjectSelectProps) {
  const current = useShown(open);
  const nameOf = ({ id, name }: Project): string => (id === current.id && current.name) || name;
  return (
    <select
      class="project"
      aria-label="Project"
      value={current.id}
      onChange={({ currentTarget }) => choose(currentTarget.value)}
    >
      {projects.map((project) => (
        <option key={project.id} value={project.id}>
          {nameOf(project)}
        </option>
      ))}
      <option value={NEW}>New project…</option>
    </select>
  );
}

/** Whether what is seen is what is there. */
function Connection({ link, connect }: { link: Pick<StateChange, 'state' | 'reason'>; connect: () => void }) {
  const { state } = link;
  if (state === 'closed') {
    return (
      <span class="link closed" role="status">
        Disconnected{link.reason ? `: ${link.reason}` : ''}
        <button onClick={connect}>Connect again</button>
      </span>
    );
  }
  return (
    <span class={`link ${state}`} role="status">
      {wordFor(state)}
    </span>
  );
}

function wordFor(state: StateChange['state']): string {
  if (state === 'connected') return 'Live';
  if (state !== 'reconnecting') return 'Connecting…';
  return navigator.onLine ? 'Reconnecting…' : 'Offline';
}
