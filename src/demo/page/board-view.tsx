import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { TASK_STATUSES, type Task } from '../tasks/task';
import { BoardTabs, boardToShow } from './board-tabs';
import { useCardDrag } from './card-drag';
import { COLUMNS } from './change';
import { Column } from './column';
import { examples } from './examples';
import { keyMove } from './key-move';
import type { OpenProject } from './open-project';
import type { Place } from './tasks';
import { TaskDialog } from './task-dialog';
import type { Workspace } from './workspace';

interface BoardViewProps {
  readonly workspace: Workspace;
  readonly project: OpenProject;
}

/** The columns of one board of the project, whose cards are moved with the mouse, a finger, or the keys. */
export function BoardView({ workspace, project }: BoardViewProps) {
  const { tasks } = project;
  const [chosen, choose] = useState<string | null>();
  const [edited, edit] = useState<string>();
  const [said, say] = useState('');
  const columns = useRef<HTMLDivElement>(null);
  const boardId = boardToShow(project, chosen);
  const moved = useRef<string>(undefined);

  const move = (id: string, place: Place): void => {
    const task = tasks.get(id);
    if (!task || tasks.isAt(task, place)) return;
    say(`“${task.title}” moved to ${COLUMNS[place.status]}`);
    void workspace.attempt(() => project.move(id, place), `“${task.title}” could not be moved.`);
  };
  const onKey = (event: KeyboardEvent, task: Task): void => {
    const place = keyMove(event, task, (status) => tasks.column(boardId, status));
    if (!place) return;
    event.preventDefault();
    moved.current = task.id;
    move(task.id, place);
  };
  // The card is another element in another column. The focus goes with it, before the next key comes.
  useLayoutEffect(() => {
    if (moved.current) columns.current?.querySelector<HTMLElement>(`[data-id="${moved.current}"] button`)?.focus();
    moved.current = undefined;
  });
  const drag = useCardDrag(columns, move);
  const task = edited === undefined ? undefined : tasks.get(edited);
  return (
    <main class="board">
      <BoardTabs project={project} workspace={workspace} boardId={boardId} choose={choose} />
      {tasks.all.length === 0 && <Beginning workspace={workspace} project={project} boardId={boardId} />}
      <div class="columns" ref={columns}>
        {TASK_STATUSES.map((status) => (
          <Column
            key={status}
            status={status}
            tasks={tasks.column(boardId, status)}
            drag={drag}
            open={(id) => edit(id)}
            onKey={onKey}
            add={(title) =>
              workspace.attempt(() => project.add({ boardId, status, title }), `“${title}” was not added.`)
            }
          />
        ))}
      </div>
      <p class="unseen" role="status">
        {said}
      </p>
      {task && (
        <TaskDialog key={task.id} task={task} project={project} workspace={workspace} close={() => edit(undefined)} />
      )}
    </main>
  );
}

/** What is shown while there is nothing else. */
function Beginning({ workspace, project, boardId }: BoardViewProps & { boardId: string | null }) {
  const begin = (): void => void workspace.attempt(() => examples(project, boardId));
  return (
    <p class="hint">
      Nothing to do yet. Add a task, or{' '}
      <button class="link-like" onClick={begin}>
        begin with a few examples
      </button>
      .
    </p>
  );
}
