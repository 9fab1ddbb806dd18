import { useEffect, useRef, useState } from 'preact/hooks';
import { TASK_STATUSES, type Task, type TaskStatus } from '../tasks/task';
import { COLUMNS } from './change';
import type { OpenProject } from './open-project';
import type { Workspace } from './workspace';

interface TaskDialogProps {
  readonly task: Task;
  readonly project: OpenProject;
  readonly workspace: Workspace;
  readonly close: () => void;
}

/** All of a task. Only what is changed here is sent: what others change meanwhile stays. */
export function TaskDialog({ task, project, workspace, close }: TaskDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [change, setChange] = useState<Partial<Task>>({});
  useEffect(() => dialog.current!.showModal(), []);
  const { title, description, status, boardId } = { ...task, ...change };
  const save = (event: Event): void => {
    event.preventDefault();
    close();
    void workspace.attempt(() => project.change(task.id, change), `“${task.title}” was not saved.`);
  };
  const remove = (): void => {
    close();
    void workspace.attempt(() => project.remove(task), `“${task.title}” was not deleted.`);
  };
  const outside = ({ target }: Event): void => {
    if (target === dialog.current) close();
  };
  return (
    <dialog class="sheet" ref={dialog} onClose={close} onClick={outside} aria-label={task.title}>
      <form onSubmit={save}>
        <label class="field">
          Title
          <input
            value={title}
            onInput={({ currentTarget }) => setChange({ ...change, title: currentTarget.value })}
            maxLength={200}
            required
          />
        </label>
        <label class="field">
          Description
          <textarea
            rows={5}
            value={description}
            onInput={({ currentTarget }) => setChange({ ...change, description: currentTarget.value })}
            maxLength={4000}
          />
        </label>
        <div class="row">
          <label class="field">
            Column
            <select
              value={status}
              onChange={({ currentTarget }) => setChange({ ...change, status: currentTarget.value as TaskStatus })}
            >
              {TASK_STATUSES.map((each) => (
                <option key={each} value={each}>
                  {COLUMNS[each]}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            Board
            <select
              value={boardId ?? ''}
              onChange={({ currentTarget }) => setChange({ ...change, boardId: currentTarget.value || null })}
            >
              {project.boards.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
              <option value="">None</option>
            </select>
          </label>
        </div>
        <div class="row">
          <button class="primary">Save</button>
          <button type="button" onClick={close}>
            Cancel
          </button>
          <span class="gap" />
          <button type="button" class="danger" onClick={remove}>
            Delete
          </button>
        </div>
      </form>
    </dialog>
  );
}
