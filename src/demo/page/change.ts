import { type Changed, changed } from '../store/changes';
import type { Task, TaskStatus } from '../tasks/task';
import type { TaskChange } from '../tasks/task-change';

export const COLUMNS: Readonly<Record<TaskStatus, string>> = {
  todo: 'To do',
  in_progress: 'In progress',
  done: 'Done',
};

/** What happened to a task, in words. */
export function inWords(change: TaskChange): string {
  if (change.type === 'task.updated') return updateInWords(change.task);
  const { type, task } = change;
  return `“${task.title}” was ${type === 'task.created' ? `added to ${COLUMNS[task.status]}` : 'deleted'}`;
}

function updateInWords(task: Changed<Task>): string {
  const { status, boardId, title, description, position } = task.changes;
  const words = [
    status && `moved to ${COLUMNS[status.new]}`,
    boardId && 'moved to another board',
    title && `is now called “${title.new}”`,
    description && 'has a new description',
  ].filter(Boolean);
  if (!words.length && position) words.push(position.new < position.old ? 'moved up' : 'moved down');
  return `“${title?.old ?? task.title}” ${words.join(' and ')}`;
}

/** What made of the one the other; nothing where they are the same. No task before: it was added. None after: deleted. */
export function difference(before: Task | undefined, after: Task | undefined): TaskChange | undefined {
  if (!after) return before && { type: 'task.deleted', task: before };
  if (!before) return { type: 'task.created', task: after };
  const task = changed(before, after);
  return task && { type: 'task.updated', task };
}
