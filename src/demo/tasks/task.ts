import { boardRoom } from '../boards/board';
import { projectRoom } from '../projects/project';

export const TASK_STATUSES = ['todo', 'in_progress', 'done'] as const;

export type TaskStatus = (typeof TASK_STATUSES)[number];

export interface Task {
  readonly id: string;
  readonly projectId: string;
  /** `null`: on no board. */
  readonly boardId: string | null;
  readonly title: string;
  readonly description: string;
  readonly status: TaskStatus;
  /** Lower stands higher; tasks at the same place stand by their ids. */
  readonly position: number;
  /** The number of the change that made it so: of two states of a task, the higher one is the later. */
  readonly revision: number;
  /** The name of who made that change. */
  readonly changedBy: string;
  readonly createdAt: string;
}

/** Who hears of a task: those who look at its project, and those who look at its board. */
export function roomsOfTask({ projectId, boardId }: Task): string[] {
  return boardId === null ? [projectRoom(projectId)] : [projectRoom(projectId), boardRoom(boardId)];
}
