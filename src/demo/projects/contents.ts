import type { Board } from '../boards/board';
import type { Task } from '../tasks/task';
import type { Project } from './project';

/** A project, and all that is in it. */
export interface Contents {
  readonly project: Project;
  readonly boards: readonly Board[];
  readonly tasks: readonly Task[];
}
