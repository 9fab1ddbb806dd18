import { Injectable } from '@nestjs/common';
import { EmitEvent, EventsService } from '../../index';
import { changed } from '../store/changes';
import { Store } from '../store/store';
import { TasksService } from '../tasks/tasks.service';
import { type Board, roomsOfBoard } from './board';
import type { BoardFilterDto, CreateBoardDto, UpdateBoardDto } from './board.dto';

@Injectable()
export class BoardsService {
  constructor(
    private readonly store: Store,
    private readonly tasks: TasksService,
    private readonly events: EventsService,
  ) {}

  list(filter: BoardFilterDto): Promise<Board[]> {
    return this.store.tables.boards.where(filter);
  }

  get(id: string): Promise<Board> {
    return this.store.tables.boards.get(id);
  }

  @EmitEvent('board.created', { rooms: roomsOfBoard })
  async create({ projectId, name }: CreateBoardDto): Promise<Board> {
    return this.store.write(async (tables) => {
      await tables.checkProject(projectId);
      return tables.boards.insert({ projectId, name, createdAt: new Date().toISOString() });
    });
  }

  async update(id: string, change: UpdateBoardDto): Promise<Board> {
    const { before, after } = await this.store.write(({ boards }) => boards.update(id, change));
    const update = changed(before, after);
    if (update) await this.events.emit('board.updated', update, { rooms: roomsOfBoard(after) });
    return after;
  }

  /** Its tasks go with it. */
  async remove(id: string): Promise<Board> {
    const removed = await this.store.write(async ({ boards, tasks }) => ({
      board: await boards.remove(id),
      tasks: await tasks.removeAll({ boardId: id }),
    }));
    for (const task of removed.tasks) await this.tasks.removed(task);
    return this.removed(removed.board);
  }

  /** Tells of a board that is not there any more. */
  @EmitEvent('board.deleted', { rooms: roomsOfBoard })
  async removed(board: Board): Promise<Board> {
    return board;
  }
}
