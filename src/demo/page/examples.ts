import type { TaskStatus } from '../tasks/task';
import type { OpenProject } from './open-project';

const EXAMPLES: readonly { readonly title: string; readonly status: TaskStatus; readonly description?: string }[] = [
  { title: 'Water the plants', status: 'todo', description: 'The fern twice a week, the cactus when you think of it.' },
  { title: 'Drag me to another column', status: 'todo', description: 'Or press Shift and an arrow key.' },
  { title: 'Open the board in a second window', status: 'in_progress', description: 'Under another name.' },
  { title: 'Go offline, and come back', status: 'todo', description: 'You are told what you missed.' },
  { title: 'Start the server', status: 'done' },
];

/** Something to begin with. @throws ApiError */
export async function examples(project: OpenProject, boardId: string | null): Promise<void> {
  for (const example of EXAMPLES) await project.add({ ...example, boardId });
}
