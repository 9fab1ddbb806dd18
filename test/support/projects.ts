import { Controller, Get, HttpException, Param, Query } from '@nestjs/common';
import { RealtimeSnapshot } from '../../src';
import type { Gate } from './gate';
import type { Realtime, RealtimeTestOptions } from './realtime';

/** What the handlers answer with, by project; and what they wait at. */
export const projects = { tasks: new Map<string, string[]>(), gate: undefined as Gate | undefined };

@Controller('projects')
class ProjectsController {
  @Get(':id/tasks')
  @RealtimeSnapshot('project::id')
  async list(@Param('id') id: string): Promise<string[]> {
    await projects.gate?.pass();
    return projects.tasks.get(id) ?? [];
  }

  @Get('of-query')
  @RealtimeSnapshot((request) => (request as unknown as { query: { room: string } }).query.room)
  ofQuery(@Query('room') room: string) {
    return { room };
  }

  @Get('lobby')
  @RealtimeSnapshot('chat:lobby')
  lobby() {
    return [];
  }

  @Get('broken')
  @RealtimeSnapshot('project:1')
  broken(): never {
    throw new HttpException('no', 404);
  }
}

/** A server with a REST interface whose state the events of rooms change. */
export const projectsHost: RealtimeTestOptions = { host: { controllers: [ProjectsController] } };

/** An empty one. */
export function resetProjects(): void {
  projects.tasks.clear();
  projects.gate = undefined;
}

export function getProject(server: Realtime, path: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}/projects/${path}`);
}

/** Makes a task in project 42, and tells. */
export async function createTask(server: Realtime, id: string): Promise<void> {
  projects.tasks.set('42', [...(projects.tasks.get('42') ?? []), id]);
  await server.events.emit('task.created', { id }, { room: 'project:42' });
}
