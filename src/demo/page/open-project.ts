import { type EventMeta, type Member, type RealtimeClient, type RealtimeRoom, snapshot } from '../../client';
import type { Board } from '../boards/board';
import type { BoardEvents } from '../board-events';
import type { Contents } from '../projects/contents';
import type { Project } from '../projects/project';
import type { Task } from '../tasks/task';
import type { TaskChange } from '../tasks/task-change';
import { Activity } from './activity';
import { difference, inWords } from './change';
import type { Session } from './session';
import { Shown } from './shown';
import { Talk } from './talk';
import { type Place, Tasks } from './tasks';

/** When something was said to have happened, and whether that is said after a drop. */
type Told = Pick<EventMeta, 'timestamp' | 'replayed'>;

export type ProjectState = 'loading' | 'open' | 'gone' | Error;

/** A project as this page follows it: what is on its boards, who is there and what is said. */
export class OpenProject extends Shown {
  readonly tasks = new Tasks();
  readonly activity = new Activity();
  readonly talk: Talk;
  readonly #room: RealtimeRoom<BoardEvents>;
  readonly #boards = new Map<string, Board>();
  readonly #stops: (() => void)[];
  #project: Project | undefined;
  #state: ProjectState = 'loading';

  constructor(
    readonly id: string,
    private readonly session: Session,
    private readonly client: RealtimeClient<BoardEvents>,
  ) {
    super();
    this.#room = client.room(`project:${id}`);
    this.talk = new Talk(this.#room, session.userId);
    this.#stops = this.#listen();
    void this.follow();
  }

  get state(): ProjectState {
    return this.#state;
  }

  get name(): string {
    return this.#project?.name ?? '';
  }

  get boards(): readonly Board[] {
    return [...this.#boards.values()];
  }

  get people(): readonly Member[] {
    return [...this.#room.presence.members.values()];
  }

  /** Loads what is there, and goes on from there with what happens. */
  async follow(): Promise<void> {
    this.#become('loading');
    const load = () => {
      const path = `projects/${this.id}/contents?since=${this.tasks.revision}`;
      return snapshot<Contents>(this.session.fetch('GET', path));
    };
    try {
      await this.#room.follow(load, (contents) => this.#show(contents));
    } catch (error) {
      this.#become(error as Error);
    }
  }

  /** The others are told at once. */
  close(): void {
    for (const stop of this.#stops) stop();
    void this.#room.leave();
  }

  typing(): void {
    this.#room.typing.signal();
  }

  async say(text: string): Promise<void> {
    this.#room.typing.stop();
    await this.talk.send(text);
  }

  /** Shows the task there at once; back where it was when the server refuses. @throws ApiError */
  async move(id: string, { status, before }: Place): Promise<void> {
    const end = this.tasks.move(id, { status, before });
    this.changed();
    try {
      await this.change(id, { status, before });
    } finally {
      end();
      this.changed();
    }
  }

  /** @throws ApiError */
  async change(id: string, change: Partial<Task> & { before?: string | null }): Promise<void> {
    this.#put(await this.session.api<Task>('PATCH', `tasks/${id}`, change));
  }

  /** @throws ApiError */
  async add(task: Pick<Task, 'boardId' | 'title' | 'status'> & Partial<Task>): Promise<void> {
    this.#put(await this.session.api<Task>('POST', 'tasks', { ...task, projectId: this.id }));
  }

  /** @throws ApiError */
  async remove(task: Task): Promise<void> {
    await this.session.api('DELETE', `tasks/${task.id}`);
    this.#take({ type: 'task.deleted', task: { ...task, changedBy: this.session.name } });
  }

  /** @throws ApiError */
  async addBoard(name: string): Promise<Board> {
    const board = await this.session.api<Board>('POST', 'boards', { name, projectId: this.id });
    this.#boards.set(board.id, board);
    this.changed();
    return board;
  }

  seen(): void {
    this.activity.seen();
    this.changed();
  }

  #listen(): (() => void)[] {
    const room = this.#room;
    return [
      room.on('task.created', (task, meta) => this.#take({ type: 'task.created', task }, meta)),
      room.on('task.updated', (task, meta) => this.#take({ type: 'task.updated', task }, meta)),
      room.on('task.deleted', (task, meta) => this.#take({ type: 'task.deleted', task }, meta)),
      room.on('board.created', (board, meta) => this.#putBoard(board, meta)),
      room.on('board.updated', (board, meta) => this.#putBoard(board, meta)),
      room.on('board.deleted', ({ id, name }, meta) => {
        if (this.#boards.delete(id)) this.#tell(`The board “${name}” was deleted`, meta);
      }),
      room.on('project.updated', (project, meta) => {
        this.#project = project;
        this.#tell(`The project is now called “${project.name}”`, meta);
      }),
      room.on('project.deleted', () => this.#become('gone')),
      room.on('recovered', () => this.#caughtUp(false)),
      room.on('reset', () => this.activity.left()),
      room.on('left', ({ error }) => error && this.#become(error)),
      room.presence.on('changed', () => this.changed()),
      this.client.on('reconnecting', () => this.activity.left()),
      this.talk.listen(() => this.activity.addMessages(1)),
    ];
  }

  #show({ project, boards, tasks, changes }: Contents): void {
    const again = this.#project !== undefined;
    this.#project = project;
    this.#boards.clear();
    for (const board of boards) this.#boards.set(board.id, board);
    // What this page has not seen yet comes one after the other; without it this would be one difference for each task.
    for (const change of changes) {
      if (!again || this.tasks.apply(change)) this.#tell(inWords(change), { timestamp: change.at, replayed: again });
    }
    for (const change of again ? this.tasks.load(tasks) : []) this.activity.add(inWords(change), undefined, true);
    if (!again) this.tasks.load(tasks);
    void this.#loadTalk(again);
    this.#become('open');
  }

  async #loadTalk(again: boolean): Promise<void> {
    this.activity.addMessages(await this.talk.load());
    if (again) this.#caughtUp(true);
  }

  #caughtUp(reloaded: boolean): void {
    this.activity.caughtUp(reloaded);
    this.changed();
  }

  /** What this page itself has brought about. */
  #put(task: Task): void {
    const change = difference(this.tasks.get(task.id), task);
    if (change) this.#take(change);
  }

  #take(change: TaskChange, meta?: Told): void {
    if (this.tasks.apply(change)) this.#tell(inWords(change), meta);
    this.changed();
  }

  #putBoard(board: Board, meta: Told): void {
    const known = this.#boards.get(board.id);
    this.#boards.set(board.id, board);
    if (known?.name === board.name) return;
    this.#tell(known ? `“${known.name}” is now called “${board.name}”` : `The board “${board.name}” was added`, meta);
  }

  #tell(text: string, { timestamp, replayed }: Told = { timestamp: new Date().toISOString(), replayed: false }): void {
    this.activity.add(text, new Date(timestamp), replayed);
    this.changed();
  }

  #become(state: ProjectState): void {
    this.#state = state;
    this.changed();
  }
}
