export interface Project {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

/** Where the project's events go, those of its boards and tasks included. */
export function projectRoom(id: string): string {
  return `project:${id}`;
}
