import { createRealtimeClient, type RealtimeClient, type StateChange } from '../../client';
import type { BoardEvents } from '../board-events';
import type { Project } from '../projects/project';
import { LiveSocket } from './live-socket';
import { OpenProject } from './open-project';
import type { Session } from './session';
import { Shown } from './shown';

/** All that a user who is logged in sees. */
export class Workspace extends Shown {
  readonly #client: RealtimeClient<BoardEvents>;
  readonly #projects = new Map<string, Project>();
  #open: OpenProject | undefined;
  #link: Pick<StateChange, 'state' | 'error' | 'reason'> = { state: 'idle' };
  #trouble: string | undefined;
  #loaded = false;

  constructor(readonly session: Session) {
    super();
    this.#client = createRealtimeClient<BoardEvents>({
      url: new URL('/ws', location.href).href,
      token: () => session.token(),
      WebSocket: LiveSocket,
    });
    this.#client.on('state', (change) => {
      this.#link = change;
      this.changed();
    });
    this.#client.onEveryone('project.created', (project) => this.#put(project));
    void this.load();
  }

  get link(): Pick<StateChange, 'state' | 'error' | 'reason'> {
    return this.#link;
  }

  get projects(): readonly Project[] {
    return [...this.#projects.values()];
  }

  get project(): OpenProject | undefined {
    return this.#open;
  }

  /** Whether it is known what projects there are. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** What went wrong last, until the user has read it. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  async load(): Promise<void> {
    await this.attempt(async () => {
      for (const project of await this.session.api<Project[]>('GET', 'projects')) this.#put(project);
      this.#loaded = true;
      const wanted = this.#projects.get(location.hash.slice(1)) ?? this.projects[0];
      if (wanted) this.open(wanted.id);
      else await this.#client.connect();
    });
    this.changed();
  }

  open(id: string): void {
    this.#open?.close();
    history.replaceState(null, '', `#${id}`);
    this.#open = new OpenProject(id, this.session, this.#client);
    this.changed();
  }

  async addProject(name: string): Promise<void> {
    await this.attempt(async () => {
      const project = await this.session.api<Project>('POST', 'projects', { name });
      this.#put(project);
      this.open(project.id);
    });
  }

  /** Does it, and tells the user when it fails. */
  async attempt(work: () => Promise<unknown>, what = ''): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#tell(`${what}${what && ' '}${(error as Error).message}`);
    }
  }

  dismiss(): void {
    this.#tell(undefined);
  }

  connect(): void {
    void this.attempt(() => this.#client.connect());
  }

  /** The others are told at once that this user is gone. */
  close(): void {
    this.#open?.close();
    void this.#client.close();
  }

  #put(project: Project): void {
    this.#projects.set(project.id, project);
    this.changed();
  }

  #tell(trouble: string | undefined): void {
    this.#trouble = trouble;
    this.changed();
  }
}
