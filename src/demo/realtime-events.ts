import type { Board } from './boards/board';
import type { Project } from './projects/project';
import type { Changed } from './store/changes';
import type { Task } from './tasks/task';

// What `emit`, `on` and `@EmitEvent` accept from here on: these names, each with its payload.
// An application that installed the package writes: declare module 'nestjs-realtime'.
declare module '../index' {
  interface RealtimeEvents {
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
}
