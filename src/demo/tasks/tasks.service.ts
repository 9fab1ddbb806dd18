import { Injectable } from '@nestjs/common';
import { EmitEvent, EventsService } from '../../index';
import { changed } from '../store/changes';
import { Store } from '../store/store';
import { roomsOfTask, type Task } from './task';
import type { CreateTaskDto, TaskFilterDto, UpdateTaskDto } from './task.dto';

@Injectable()
export class TasksService {
  constructor(
    private readonly store: Store,
    private readonly events: EventsService,
  ) {}

  list(filter: TaskFilterDto): Promise<Task[]> {
    return this.store.tables.tasks.where(filter);
  }

  get(id: string): Promise<Task> {
    return this.store.tables.tasks.get(id);
  }

  @EmitEvent('task.created', { rooms: roomsOfTask })
  async create(given: CreateTaskDto): Promise<Task> {
    const { projectId, boardId = null, title, description = '', status = 'todo' } = given;
    return this.store.write(async (tables) => {
      await tables.checkProject(projectId);
      if (boardId !== null) await tables.checkBoard(projectId, boardId);
      const createdAt = new Date().toISOString();
      return tables.tasks.insert({ projectId, boardId, title, description, status, createdAt });
    });
  }

  async update(id: string, change: UpdateTaskDto): Promise<Task> {
    const { before, after } = await this.store.write(async (tables) => {
      const { projectId } = await tables.tasks.get(id);
      if (change.boardId) await tables.checkBoard(projectId, change.boardId);
      return tables.tasks.update(id, change);
    });
    await this.#announce(before, after);
    return after;
  }

  async remove(id: string): Promise<Task> {
    return this.removed(await this.store.write(({ tasks }) => tasks.remove(id)));
  }

  /** Tells of a task that is not there any more. */
  @EmitEvent('task.deleted', { rooms: roomsOfTask })
  async removed(task: Task): Promise<Task> {
    return task;
  }

  /** Emitted together, so that no other change comes between the two. A board a task has left hears of that too. */
  async #announce(before: Task, task: Task): Promise<void> {
    const update = changed(before, task);
    if (!update) return;
    const rooms = [...new Set([...roomsOfTask(before), ...roomsOfTask(task)])];
    const emitted = [this.events.emit('task.updated', update, { rooms })];
    const { status } = update.changes;
    if (status) emitted.push(this.events.emit('status.changed', { ...task, changes: { status } }, { rooms }));
    await Promise.all(emitted);
  }
}
