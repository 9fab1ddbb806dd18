import { Injectable } from '@nestjs/common';
import { EmitEvent, EventsService } from '../../index';
import { changed } from '../store/changes';
import { Store } from '../store/store';
import { roomsOfTask, Task } from './task';
import type { CreateTaskDto, TaskFilterDto, UpdateTaskDto } from './task.dto';

@Injectable()
export class TasksService {
  constructor(
    private readonly store: Store,
    private readonly events: EventsService,
  ) {}

  list(filter: TaskFilterDto): Task[] {
    return this.store.tasks.where(filter);
  }

  get(id: string): Task {
    return this.store.tasks.get(id);
  }

  @EmitEvent('task.created', { rooms: roomsOfTask })
  async create(given: CreateTaskDto): Promise<Task> {
    const { projectId, boardId = null, title, description = '', status = 'todo' } = given;
    this.store.checkProject(projectId);
    if (boardId !== null) this.store.checkBoard(projectId, boardId);
    const createdAt = new Date().toISOString();
    return this.store.tasks.insert({ projectId, boardId, title, description, status, createdAt });
  }

  async update(id: string, change: UpdateTaskDto): Promise<Task> {
    const before = this.get(id);
    if (change.boardId) this.store.checkBoard(before.projectId, change.boardId);
    const task = this.store.tasks.put({ ...before, ...change });
    await this.#announce(before, task);
    return task;
  }

  @EmitEvent('task.deleted', { rooms: roomsOfTask })
  async remove(id: string): Promise<Task> {
    return this.store.tasks.remove(id);
  }

  async removeAll(filter: TaskFilterDto): Promise<void> {
    await Promise.all(this.list(filter).map(({ id }) => this.remove(id)));
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
