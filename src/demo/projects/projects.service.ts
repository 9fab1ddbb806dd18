import { Injectable } from '@nestjs/common';
import { EmitEvent, EventsService } from '../../index';
import { BoardsService } from '../boards/boards.service';
import { changed } from '../store/changes';
import { Store } from '../store/store';
import { TasksService } from '../tasks/tasks.service';
import { Project, projectRoom } from './project';
import type { CreateProjectDto, UpdateProjectDto } from './project.dto';

@Injectable()
export class ProjectsService {
  constructor(
    private readonly store: Store,
    private readonly boards: BoardsService,
    private readonly tasks: TasksService,
    private readonly events: EventsService,
  ) {}

  list(): Project[] {
    return this.store.projects.where();
  }

  get(id: string): Project {
    return this.store.projects.get(id);
  }

  /** Everyone hears of it: nobody can be in its room yet. */
  @EmitEvent('project.created', { all: true })
  async create({ name }: CreateProjectDto): Promise<Project> {
    return this.store.projects.insert({ name, createdAt: new Date().toISOString() });
  }

  async update(id: string, change: UpdateProjectDto): Promise<Project> {
    const before = this.get(id);
    const project = this.store.projects.put({ ...before, ...change });
    const update = changed(before, project);
    if (update) await this.events.emit('project.updated', update, { room: projectRoom(id) });
    return project;
  }

  /** Its boards and tasks go with it. The project goes first, so that nothing new is put into it meanwhile. */
  @EmitEvent('project.deleted', { room: ({ id }: Project) => projectRoom(id) })
  async remove(id: string): Promise<Project> {
    const project = this.store.projects.remove(id);
    await this.tasks.removeAll({ projectId: id });
    await this.boards.removeAll({ projectId: id });
    return project;
  }
}
