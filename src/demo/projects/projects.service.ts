import { Injectable } from '@nestjs/common';
import { EmitEvent, EventsService } from '../../index';
import { BoardsService } from '../boards/boards.service';
import { changed } from '../store/changes';
import { Store } from '../store/store';
import { TasksService } from '../tasks/tasks.service';
import { changesSince } from '../tasks/kept-changes';
import type { Contents } from './contents';
import { type Project, projectRoom } from './project';
import type { CreateProjectDto, UpdateProjectDto } from './project.dto';

@Injectable()
export class ProjectsService {
  constructor(
    private readonly store: Store,
    private readonly boards: BoardsService,
    private readonly tasks: TasksService,
    private readonly events: EventsService,
  ) {}

  list(): Promise<Project[]> {
    return this.store.tables.projects.where();
  }

  get(id: string): Promise<Project> {
    return this.store.tables.projects.get(id);
  }

  async contents(id: string, since: number): Promise<Contents> {
    const { tables } = this.store;
    const project = await tables.projects.get(id);
    // Before the state: what is not among the changes yet may be in it, but not the other way round.
    const changes = await changesSince(tables, id, since);
    const boards = await tables.boards.where({ projectId: id });
    return { project, boards, tasks: await tables.tasks.where({ projectId: id }), changes };
  }

  /** Everyone hears of it: nobody can be in its room yet. */
  @EmitEvent('project.created', { all: true })
  async create({ name }: CreateProjectDto): Promise<Project> {
    const createdAt = new Date().toISOString();
    return this.store.write(({ projects }) => projects.insert({ name, createdAt }));
  }

  async update(id: string, change: UpdateProjectDto): Promise<Project> {
    const { before, after } = await this.store.write(({ projects }) => projects.update(id, change));
    const update = changed(before, after);
    if (update) await this.events.emit('project.updated', update, { room: projectRoom(id) });
    return after;
  }

  /** Its boards and tasks go with it. */
  @EmitEvent('project.deleted', { room: ({ id }: Project) => projectRoom(id) })
  async remove(id: string): Promise<Project> {
    const removed = await this.store.write(async ({ projects, boards, tasks }) => ({
      project: await projects.remove(id),
      boards: await boards.removeAll({ projectId: id }),
      tasks: await tasks.removeAll({ projectId: id }),
    }));
    for (const task of removed.tasks) await this.tasks.removed(task);
    for (const board of removed.boards) await this.boards.removed(board);
    return removed.project;
  }
}
