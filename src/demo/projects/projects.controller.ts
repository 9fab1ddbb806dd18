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
import { RealtimeSnapshot } from '../../index';
import type { Contents } from './contents';
import type { Project } from './project';
import { ContentsDto, CreateProjectDto, UpdateProjectDto } from './project.dto';
import { ProjectsService } from './projects.service';

@Controller('api/projects')
@UseGuards(BearerGuard)
@UseFilters(UnavailableFilter)
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Get()
  list(): Promise<Project[]> {
    return this.projects.list();
  }

  @Post()
  create(@Body() project: CreateProjectDto): Promise<Project> {
    return this.projects.create(project);
  }

  @Get(':id')
  get(@Param('id') id: string): Promise<Project> {
    return this.projects.get(id);
  }

  /** Where it stands in the project's stream comes with it, for who follows that. */
  @Get(':id/contents')
  @RealtimeSnapshot('project::id')
  contents(@Param('id') id: string, @Query() { since = '0' }: ContentsDto): Promise<Contents> {
    return this.projects.contents(id, Number(since));
  }

  @Patch(':id')
  update(@Param('id') id: string, @Body() change: UpdateProjectDto): Promise<Project> {
    return this.projects.update(id, change);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Param('id') id: string): Promise<void> {
    await this.projects.remove(id);
  }
}
