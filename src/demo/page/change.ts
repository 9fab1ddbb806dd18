import { type Changed, changed } from '../store/changes';
import type { Task, TaskStatus } from '../tasks/task';
import type { TaskChange } from '../tasks/task-change';

export const COLUMNS: Readonly<Record<TaskStatus, string>> = {
  todo: 'To do',
  in_progress: 'In progress',
  done: 'Done',
};

/** What happened to a task, and who did it, in words. */
export function inWords(change: TaskChange): string {
  const { changedBy, title, status } = change.task;
  const who = changedBy || 'Somebody';
  if (change.type === 'task.updated') return `${who} ${updateInWords(change.task)}`;
  return change.type === 'task.created' ? `${who} added “${title}” to ${COLUMNS[status]}` : `${who} deleted “${title}”`;
}

function updateInWords({ changes, ...task }: Changed<Task>): string {
  const { status, boardId, title, description, position } = changes;
  const moved = (where: string) => (it: string) => `moved ${it} ${where}`;
  const deeds = [
    status && moved(`to ${COLUMNS[status.new]}`),
    boardId && moved('to another board'),
    title && ((it: string) => `renamed ${it} to “${title.new}”`),
    description && ((it: string) => `described ${it}`),
    position && !status && moved(position.new < position.old ? 'up' : 'down'),
  ].filter((deed) => deed !== undefined && deed !== false);
  return deeds.map((deed, at) => deed(at ? 'it' : `“${title?.old ?? task.title}”`)).join(' and ');
}

/** What made of the one the other; nothing where they are the same. No task before: it was added. None after: deleted. */
export function difference(before: Task | undefined, after: Task | undefined): TaskChange | undefined {
  if (!after) return before && { type: 'task.deleted', task: before };
  if (!before) return { type: 'task.created', task: after };
  const task = changed(before, after);
  return task && { type: 'task.updated', task };
}
