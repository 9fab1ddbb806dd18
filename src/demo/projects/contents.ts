import type { Board } from '../boards/board';
import type { Task } from '../tasks/task';
import type { KeptChange } from '../tasks/task-change';
import type { Project } from './project';

/** A project, and all that is in it. */
export interface Contents {
  readonly project: Project;
  readonly boards: readonly Board[];
  readonly tasks: readonly Task[];
  /** The last that became of its tasks, in order: after the revision that was asked from, at most 100. */
  readonly changes: readonly KeptChange[];
}
