import { BadRequestException, Injectable } from '@nestjs/common';
import { EmitEvent, EventsService } from '../../index';
import { changed } from '../store/changes';
import { Store, type Tables } from '../store/store';
import { roomsOfTask, type Task } from './task';
import { keepChange } from './kept-changes';
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
  async create(given: CreateTaskDto, changedBy: string): Promise<Task> {
    const { projectId, boardId = null, title, description = '', status = 'todo' } = given;
    return this.store.write(async (tables) => {
      await tables.checkProject(projectId);
      if (boardId !== null) await tables.checkBoard(projectId, boardId);
      const createdAt = new Date().toISOString();
      const position = await positionBefore(tables, projectId, null);
      const place = { projectId, boardId, status, position };
      const task = await tables.tasks.insert({ ...place, title, description, revision: 0, changedBy, createdAt });
      const revision = await keepChange(tables, { type: 'task.created', task });
      return (await tables.tasks.update(task.id, { revision })).after;
    });
  }

  /** What and where it is changes at once, for all who look: as one event. */
  async update(id: string, { before: successor, ...given }: UpdateTaskDto, changedBy: string): Promise<Task> {
    const { before, after } = await this.store.write(async (tables) => {
      const task = await tables.tasks.get(id);
      const { projectId } = task;
      if (given.boardId) await tables.checkBoard(projectId, given.boardId);
      const position = successor === undefined ? task.position : await positionBefore(tables, projectId, successor);
      const update = changed(task, { ...task, ...given, position });
      if (!update) return { before: task, after: task };
      const revision = await keepChange(tables, { type: 'task.updated', task: { ...update, changedBy } });
      return tables.tasks.update(id, { ...given, position, revision, changedBy });
    });
    await this.#announce(before, after);
    return after;
  }

  async remove(id: string, changedBy: string): Promise<Task> {
    const removed = await this.store.write(async (tables) => {
      const task = { ...(await tables.tasks.remove(id)), changedBy };
      await keepChange(tables, { type: 'task.deleted', task });
      return task;
    });
    return this.removed(removed);
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

/**
 * Between a task and the one before it. When some 50 tasks were put in front of the very same one, no number is left
 * there, and ids decide.
 * @throws BadRequestException when the project has no such task
 */
async function positionBefore({ tasks }: Tables, projectId: string, successor: string | null): Promise<number> {
  if (successor === null) return (await tasks.max('position', { projectId })) + 1;
  const next = await tasks.find(successor);
  if (next?.projectId !== projectId)
    throw new BadRequestException(`before must be a task of project ${projectId}, which ${successor} is not.`);
  return ((await tasks.max('position', { projectId }, next.position)) + next.position) / 2;
}
