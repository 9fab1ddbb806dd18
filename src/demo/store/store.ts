import { BadRequestException, Injectable } from '@nestjs/common';
import type { Board } from '../boards/board';
import type { Project } from '../projects/project';
import type { Task } from '../tasks/task';
import { Table } from './table';

/** What the demo knows. It begins with one project and one board in it, so that a first task has its place. */
@Injectable()
export class Store {
  readonly projects = new Table<Project>('project');
  readonly boards = new Table<Board>('board');
  readonly tasks = new Table<Task>('task');

  constructor() {
    const createdAt = new Date().toISOString();
    const { id: projectId } = this.projects.insert({ name: 'First project', createdAt });
    this.boards.insert({ projectId, name: 'First board', createdAt });
  }

  /** @throws BadRequestException when a thing is to be put into a project that is not there */
  checkProject(projectId: string): void {
    if (this.projects.has(projectId)) return;
    throw new BadRequestException(`There is no project ${projectId}. POST /api/projects makes one.`);
  }

  /** @throws BadRequestException when a task is to be put on a board that its project does not have */
  checkBoard(projectId: string, boardId: string): void {
    if (this.boards.find(boardId)?.projectId === projectId) return;
    throw new BadRequestException(
      `Project ${projectId} has no board ${boardId}. GET /api/boards?projectId=${projectId} lists those it has.`,
    );
  }
}
