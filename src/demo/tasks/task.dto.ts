import { IsIn, IsOptional } from 'class-validator';
import { IsId, IsText, MayBeLeftOut } from '../store/rules';
import { TASK_STATUSES, type TaskStatus } from './task';

export class CreateTaskDto {
  @IsId()
  projectId!: string;

  @IsOptional()
  @IsId()
  boardId?: string | null;

  @IsText(1, 200)
  title!: string;

  @MayBeLeftOut()
  @IsText(0, 4000)
  description?: string;

  @MayBeLeftOut()
  @IsIn(TASK_STATUSES)
  status?: TaskStatus;
}

/** A task stays in its project; `boardId: null` takes it off its board. */
export class UpdateTaskDto {
  @IsOptional()
  @IsId()
  boardId?: string | null;

  @MayBeLeftOut()
  @IsText(1, 200)
  title?: string;

  @MayBeLeftOut()
  @IsText(0, 4000)
  description?: string;

  @MayBeLeftOut()
  @IsIn(TASK_STATUSES)
  status?: TaskStatus;

  /** The task it is put in front of; `null`: behind all. */
  @IsOptional()
  @IsId()
  before?: string | null;
}

export class TaskFilterDto {
  @MayBeLeftOut()
  @IsId()
  projectId?: string;

  @MayBeLeftOut()
  @IsId()
  boardId?: string;
}
