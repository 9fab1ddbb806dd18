import { Injectable } from '@nestjs/common';
import { EmitEvent, EventsService } from '../../index';
import { changed } from '../store/changes';
import { Store } from '../store/store';
import { TasksService } from '../tasks/tasks.service';
import { Board, roomsOfBoard } from './board';
import type { BoardFilterDto, CreateBoardDto, UpdateBoardDto } from './board.dto';

@Injectable()
export class BoardsService {
  constructor(
    private readonly store: Store,
    private readonly tasks: TasksService,
    private readonly events: EventsService,
  ) {}

  list(filter: BoardFilterDto): Board[] {
    return this.store.boards.where(filter);
  }

  get(id: string): Board {
    return this.store.boards.get(id);
  }

  @EmitEvent('board.created', { rooms: roomsOfBoard })
  async create({ projectId, name }: CreateBoardDto): Promise<Board> {
    this.store.checkProject(projectId);
    return this.store.boards.insert({ projectId, name, createdAt: new Date().toISOString() });
  }

  async update(id: string, change: UpdateBoardDto): Promise<Board> {
    const before = this.get(id);
    const board = this.store.boards.put({ ...before, ...change });
    const update = changed(before, board);
    if (update) await this.events.emit('board.updated', update, { rooms: roomsOfBoard(board) });
    return board;
  }

  /** Its tasks go with it. The board goes first, so that no task is put on it meanwhile. */
  @EmitEvent('board.deleted', { rooms: roomsOfBoard })
  async remove(id: string): Promise<Board> {
    const board = this.store.boards.remove(id);
    await this.tasks.removeAll({ boardId: id });
    return board;
  }

  async removeAll(filter: BoardFilterDto): Promise<void> {
    await Promise.all(this.list(filter).map(({ id }) => this.remove(id)));
  }
}
