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
  create(@Body() task: CreateTaskDto): Promise<Task> {
    return this.tasks.create(task);
  }

  @Get(':id')
  get(@Param('id') id: string): Promise<Task> {
    return this.tasks.get(id);
  }

  @Patch(':id')
  update(@Param('id') id: string, @Body() change: UpdateTaskDto): Promise<Task> {
    return this.tasks.update(id, change);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Param('id') id: string): Promise<void> {
    await this.tasks.remove(id);
  }
}
