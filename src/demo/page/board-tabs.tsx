import { useState } from 'preact/hooks';
import type { Task } from '../tasks/task';
import { PlusIcon } from './icons';
import { NameForm } from './name-form';
import type { OpenProject } from './open-project';
import type { Workspace } from './workspace';

interface BoardTabsProps {
  readonly workspace: Workspace;
  readonly project: OpenProject;
  readonly boardId: string | null;
  readonly choose: (id: string | null) => void;
}

/** The project's boards, one of which is shown, and a way to add another one. */
export function BoardTabs({ project, workspace, boardId, choose }: BoardTabsProps) {
  const [naming, setNaming] = useState(false);
  const add = (name: string): void => {
    setNaming(false);
    void workspace.attempt(async () => choose((await project.addBoard(name)).id), `“${name}” was not added.`);
  };
  const tabs = [
    ...project.boards.map(({ id, name }) => ({ id, name })),
    ...(project.tasks.all.some(isLoose) ? [{ id: null, name: 'On no board' }] : []),
  ];
  return (
    <nav class="boards" aria-label="Boards">
      {tabs.map(({ id, name }) => (
        <button key={id} class="tab" aria-current={id === boardId ? 'page' : undefined} onClick={() => choose(id)}>
          {name}
        </button>
      ))}
      {naming ? (
        <NameForm label="Name of the board" button="Add" submit={add} cancel={() => setNaming(false)} />
      ) : (
        <button class="plain" onClick={() => setNaming(true)}>
          <PlusIcon /> Board
        </button>
      )}
    </nav>
  );
}

/** The chosen one, as long as it is there; else the first. `null`: the tasks that are on none. */
export function boardToShow({ boards, tasks }: OpenProject, chosen: string | null | undefined): string | null {
  const isThere = boards.some(({ id }) => id === chosen) || (chosen === null && tasks.all.some(isLoose));
  return isThere ? chosen! : (boards.at(0)?.id ?? null);
}

function isLoose({ boardId }: Task): boolean {
  return boardId === null;
}
