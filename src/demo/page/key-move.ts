import { TASK_STATUSES, type Task, type TaskStatus } from '../tasks/task';
import type { Place } from './tasks';

/** Where Shift and an arrow key put a task; nothing for other keys, and at the edges. */
export function keyMove(
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
  { id, status }: Task,
  column: (status: TaskStatus) => readonly Task[],
): Place | undefined {
  if (!shiftKey) return undefined;
  if (key === 'ArrowLeft' || key === 'ArrowRight') return beside(status, key === 'ArrowLeft' ? -1 : 1);
  const ids = column(status).map((task) => task.id);
  const at = ids.indexOf(id);
  if (key === 'ArrowUp' && at > 0) return { status, before: ids[at - 1] };
  if (key === 'ArrowDown' && at < ids.length - 1) return { status, before: ids[at + 2] ?? null };
  return undefined;

  function beside(from: TaskStatus, step: number): Place | undefined {
    const to = TASK_STATUSES[TASK_STATUSES.indexOf(from) + step];
    return to && { status: to, before: column(to).at(0)?.id ?? null };
  }
}
