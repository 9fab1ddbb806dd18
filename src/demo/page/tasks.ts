import type { Task, TaskStatus } from '../tasks/task';
import { type Change, taskChange } from './change';

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

  /** Takes a loaded state, and returns what differs from the one before: in the order it happened, deletions last. */
  load(tasks: readonly Task[]): Change[] {
    const now = new Map(tasks.map((task) => [task.id, task]));
    const gone = [...this.#told.values()].filter(({ id }) => !now.has(id));
    const others = tasks.filter((task) => this.#isNews(task)).sort((a, b) => a.revision - b.revision);
    const changes = others.map((task) => taskChange(this.#told.get(task.id), task));
    this.#told = now;
    return [...changes, ...gone.map((task) => taskChange(task, undefined))];
  }

  /** Takes a task as it is told; nothing when it was known already: what was loaded may be replayed. */
  put(task: Task): Change | undefined {
    if (!this.#isNews(task)) return undefined;
    const change = taskChange(this.#told.get(task.id), task);
    this.#told.set(task.id, task);
    return change;
  }

  remove({ id }: Task): Change | undefined {
    const task = this.#told.get(id);
    return task && this.#told.delete(id) ? taskChange(task, undefined) : undefined;
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

  #isNews({ id, revision }: Task): boolean {
    return revision > (this.#told.get(id)?.revision ?? 0);
  }
}
