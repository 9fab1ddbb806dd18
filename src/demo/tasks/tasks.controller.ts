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
import { By } from '../auth/by.decorator';
import { UnavailableFilter } from '../unavailable.filter';
import type { Task } from './task';
import { TaskFilterDto, CreateTaskDto, UpdateTaskDto } from './task.dto';
import { TasksService } from './tasks.service';

@Controller('api/tasks')
@UseGuards(BearerGuard)
@UseFilters(UnavailableFilter)
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @Get()
  list(@Query() filter: TaskFilterDto): Promise<Task[]> {
    return this.tasks.list(filter);
  }

  @Post()
  create(@Body() task: CreateTaskDto, @By() by: string): Promise<Task> {
    return this.tasks.create(task, by);
  }

  @Get(':id')
  get(@Param('id') id: string): Promise<Task> {
    return this.tasks.get(id);
  }

  @Patch(':id')
  update(@Param('id') id: string, @Body() change: UpdateTaskDto, @By() by: string): Promise<Task> {
    return this.tasks.update(id, change, by);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Param('id') id: string, @By() by: string): Promise<void> {
    await this.tasks.remove(id, by);
  }
}
