import type { Task, TaskStatus } from '../tasks/task';
import type { TaskChange } from '../tasks/task-change';
import { difference } from './change';

/** Where a task is put: into a column, in front of another task, or behind all. */
export interface Place {
  readonly status: TaskStatus;
  readonly before: string | null;
}

/** The tasks of a project: as the server told them, and where they are being moved to. */
export class Tasks {
  #told = new Map<string, Task>();
  /** Moves the server has not answered yet are shown already; they end, and what was told is seen again. */
  readonly #moves = new Map<string, Pick<Task, 'status' | 'position'>>();

  get all(): Task[] {
    return [...this.#told.values()].map((task) => ({ ...task, ...this.#moves.get(task.id) }));
  }

  get(id: string): Task | undefined {
    return this.#told.get(id);
  }

  /** From top to bottom. */
  column(boardId: string | null, status: TaskStatus): Task[] {
    const here = this.all.filter((task) => task.boardId === boardId && task.status === status);
    return here.sort((a, b) => a.position - b.position || Number(a.id) - Number(b.id));
  }

  /** Whether the task is there already, so that nothing would change. */
  isAt({ id, boardId }: Task, { status, before }: Place): boolean {
    const ids = this.column(boardId, status).map((task) => task.id);
    return ids.includes(id) && (ids[ids.indexOf(id) + 1] ?? null) === before;
  }

  /** Of all that is known here the latest. */
  get revision(): number {
    return Math.max(0, ...[...this.#told.values()].map(({ revision }) => revision));
  }

  /** Takes a loaded state, and returns what differs from the one before. */
  load(tasks: readonly Task[]): TaskChange[] {
    const before = this.#told;
    this.#told = new Map(tasks.map((task) => [task.id, task]));
    const ids = [...new Set([...before.keys(), ...this.#told.keys()])];
    return ids.flatMap((id) => difference(before.get(id), this.#told.get(id)) ?? []);
  }

  /** Takes a change; false when it was known already: what was loaded may be told again. */
  apply({ type, task }: TaskChange): boolean {
    if (type === 'task.deleted') return this.#told.delete(task.id);
    return this.put(task);
  }

  /** Takes a task as it is; false when something as late is known already. */
  put(task: Task): boolean {
    const known = this.#told.get(task.id);
    if (known && known.revision >= task.revision) return false;
    this.#told.set(task.id, task);
    return true;
  }

  /** Shows it there from now on. Returns what ends that. */
  move(id: string, { status, before }: Place): () => void {
    const move = { status, position: this.#positionBefore(before) };
    this.#moves.set(id, move);
    return () => {
      if (this.#moves.get(id) === move) this.#moves.delete(id);
    };
  }

  /** As the server finds it. */
  #positionBefore(before: string | null): number {
    const positions = this.all.map(({ position }) => position);
    const next = before === null ? undefined : this.all.find(({ id }) => id === before);
    if (!next) return Math.max(0, ...positions) + 1;
    return (Math.max(0, ...positions.filter((position) => position < next.position)) + next.position) / 2;
  }
}
