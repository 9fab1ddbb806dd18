import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { BearerGuard } from '../auth/bearer.guard';
import { UnavailableFilter } from '../unavailable.filter';
import type { Board } from './board';
import { BoardFilterDto, CreateBoardDto, UpdateBoardDto } from './board.dto';
import { BoardsService } from './boards.service';

@Controller('api/boards')
@UseGuards(BearerGuard)
@UseFilters(UnavailableFilter)
export class BoardsController {
  constructor(private readonly boards: BoardsService) {}

  @Get()
  list(@Query() filter: BoardFilterDto): Promise<Board[]> {
    return this.boards.list(filter);
  }

  @Post()
  create(@Body() board: CreateBoardDto): Promise<Board> {
    return this.boards.create(board);
  }

  @Get(':id')
  get(@Param('id') id: string): Promise<Board> {
    return this.boards.get(id);
  }

  @Patch(':id')
  update(@Param('id') id: string, @Body() change: UpdateBoardDto): Promise<Board> {
    return this.boards.update(id, change);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Param('id') id: string): Promise<void> {
    await this.boards.remove(id);
  }
}
