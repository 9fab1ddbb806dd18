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
  if (!before) return `“${after.title}” was added to ${COLUMNS[after.status]}`;
  const differs = (field: keyof Task): boolean => before[field] !== after[field];
  const words = [
    differs('status') && `moved to ${COLUMNS[after.status]}`,
    differs('boardId') && 'moved to another board',
    differs('title') && `is now called “${after.title}”`,
    differs('description') && 'has a new description',
  ].filter(Boolean);
  const place = after.position < before.position ? 'moved up' : 'moved down';
  return `“${before.title}” ${words.length ? words.join(' and ') : place}`;
}
