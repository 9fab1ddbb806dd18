import { BadRequestException, Injectable } from '@nestjs/common';
import type { Board } from '../boards/board';
import { Storage } from '../../index';
import type { Project } from '../projects/project';
import type { Task } from '../tasks/task';
import type { ChangeRow } from '../tasks/task-change';
import { Table } from './table';

/** What the demo knows, in the database the module has opened. */
@Injectable()
export class Store {
  constructor(private readonly storage: Storage) {}

  /** For reading. */
  get tables(): Tables {
    return new Tables(this.storage.db);
  }

  /** All of it or nothing, and nobody else between. */
  write<T>(work: (tables: Tables) => Promise<T>): Promise<T> {
    return this.storage.write((trx) => work(new Tables(trx)));
  }
}

export class Tables {
  readonly projects: Table<Project>;
  readonly boards: Table<Board>;
  readonly tasks: Table<Task>;
  readonly changes: Table<ChangeRow>;

  constructor(db: object) {
    this.projects = new Table<Project>(db, 'project');
    this.boards = new Table<Board>(db, 'board');
    this.tasks = new Table<Task>(db, 'task');
    this.changes = new Table<ChangeRow>(db, 'change');
  }

  /** @throws BadRequestException when a thing is to be put into a project that is not there */
  async checkProject(projectId: string): Promise<void> {
    if (await this.projects.has(projectId)) return;
    throw new BadRequestException(`There is no project ${projectId}. POST /api/projects makes one.`);
  }

  /** @throws BadRequestException when a task is to be put on a board that its project does not have */
  async checkBoard(projectId: string, boardId: string): Promise<void> {
    if ((await this.boards.find(boardId))?.projectId === projectId) return;
    throw new BadRequestException(
      `Project ${projectId} has no board ${boardId}. GET /api/boards?projectId=${projectId} lists those it has.`,
    );
  }
}
