import type { Task, TaskStatus } from '../tasks/task';

export const COLUMNS: Readonly<Record<TaskStatus, string>> = {
  todo: 'To do',
  in_progress: 'In progress',
  done: 'Done',
};

/** Something that happened to the board, in words. */
export interface Change {
  readonly text: string;
  /** The task it happened to. */
  readonly taskId?: string;
}

/** What made of the one the other: no task before it was added, and none after it was deleted. */
export function taskChange(before: Task | undefined, after: Task | undefined): Change {
  return { text: inWords(before, after), taskId: (after ?? before)?.id };
}

function inWords(before: Task | undefined, after: Task | undefined): string {
  if (!after) return `“${before!.title}” was deleted`;
  const title = `“${after.title}”`;
  if (!before) return `${title} was added to ${COLUMNS[after.status]}`;
  if (before.status !== after.status) return `${title} moved to ${COLUMNS[after.status]}`;
  if (before.title !== after.title) return `“${before.title}” is now ${title}`;
  if (before.boardId !== after.boardId) return `${title} moved to another board`;
  if (before.description !== after.description) return `${title} has a new description`;
  return `${title} moved ${after.position < before.position ? 'up' : 'down'}`;
}
