import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, UseGuards } from '@nestjs/common';
import { BearerGuard } from '../auth/bearer.guard';
import type { Project } from './project';
import { CreateProjectDto, UpdateProjectDto } from './project.dto';
import { ProjectsService } from './projects.service';

@Controller('api/projects')
@UseGuards(BearerGuard)
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Get()
  list(): Project[] {
    return this.projects.list();
  }

  @Post()
  create(@Body() project: CreateProjectDto): Promise<Project> {
    return this.projects.create(project);
  }

  @Get(':id')
  get(@Param('id') id: string): Project {
    return this.projects.get(id);
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
