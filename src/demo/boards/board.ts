import { projectRoom } from '../projects/project';

export interface Board {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly createdAt: string;
}

export function boardRoom(id: string): string {
  return `board:${id}`;
}

/** Who hears of a board: those who look at its project, and those who look at it. */
export function roomsOfBoard({ id, projectId }: Board): string[] {
  return [projectRoom(projectId), boardRoom(id)];
}
