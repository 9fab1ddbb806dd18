import type { Board } from './boards/board';
import type { Project } from './projects/project';
import type { Changed } from './store/changes';
import type { Task } from './tasks/task';

/** What happens to a board, by name, each with its payload: as the server says it, and as the page hears it. */
export interface BoardEvents {
  'project.created': Project;
  'project.updated': Changed<Project>;
  'project.deleted': Project;
  'board.created': Board;
  'board.updated': Changed<Board>;
  'board.deleted': Board;
  'task.created': Task;
  'task.updated': Changed<Task>;
  'task.deleted': Task;
  'status.changed': Task & { readonly changes: Pick<Changed<Task>['changes'], 'status'> };
}
