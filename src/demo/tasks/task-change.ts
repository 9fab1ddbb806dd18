import type { Changed } from '../store/changes';
import type { Task } from './task';

/** What became of a task, as the events of these names tell it. */
export type TaskChange =
  | { readonly type: 'task.created' | 'task.deleted'; readonly task: Task }
  | { readonly type: 'task.updated'; readonly task: Changed<Task> };

/** One that is kept: a page that comes back after a restart finds there what the room's stream has lost. */
export type KeptChange = TaskChange & { readonly at: string };

/** A change in the database. Its id is the revision of the task. */
export interface ChangeRow {
  readonly id: string;
  readonly projectId: string;
  readonly type: TaskChange['type'];
  /** JSON. */
  readonly task: string;
  readonly createdAt: string;
}
