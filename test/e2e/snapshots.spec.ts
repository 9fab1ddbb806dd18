import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MemoryBackplane, RealtimeError } from '../../src';
import { Gate } from '../support/gate';
import { createTask, getProject, projects, projectsHost, resetProjects } from '../support/projects';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';

beforeEach(resetProjects);
afterEach(stopAll);

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('@RealtimeSnapshot under %s', (_, http) => {
  it('sends where the room was before the handler ran', async () => {
    const server = await realtime({ ...projectsHost, http: http() });
    await createTask(server, 't1');
    const gate = (projects.gate = new Gate());
    const answer = getProject(server, '42/tasks');
    await until(() => gate.arrived === 1, 'the handler');
    await createTask(server, 't2');
    gate.open();
    const response = await answer;
    const alice = await server.connect('alice');
    const { epoch } = await alice.join('project:42');
    expect(response.headers.get('realtime-position')).toBe(`${epoch}:1`);
    expect(await response.json()).toEqual(['t1', 't2']);
  });

  it('takes the room from the route, as it stands, or from the request', async () => {
    const server = await realtime({ ...projectsHost, http: http() });
    await server.events.emit('task.created', {}, { rooms: ['project:7', 'chat:lobby'] });
    const offsets = ['7/tasks', 'lobby', 'of-query?room=project:7', 'of-query?room=project:8'].map(async (path) =>
      (await getProject(server, path)).headers.get('realtime-position')?.split(':').pop(),
    );
    expect(await Promise.all(offsets)).toEqual(['1', '1', '1', '0']);
  });

  it('leaves the answer as it is where there is no such room, no position, or no success', async () => {
    class Away extends MemoryBackplane {
      override page(): never {
        throw new RealtimeError('unavailable', 'Redis is away.');
      }
    }
    const server = await realtime({ ...projectsHost, http: http() });
    const away = await realtime({ ...projectsHost, http: http(), backplane: new Away() });
    const bad = await getProject(server, 'of-query?room=no%20room');
    const without = await getProject(away, '42/tasks');
    expect([bad.status, bad.headers.get('realtime-position')]).toEqual([200, null]);
    expect([without.status, without.headers.get('realtime-position')]).toEqual([200, null]);
    expect((await getProject(server, 'broken')).status).toBe(404);
    expect(away.log.text).toContain('The position of project:42 could not be read: Redis is away.');
  });

  it('logs a backplane that is away once a second, and how often it was in the way', async () => {
    const gate = new Gate();
    class Away extends MemoryBackplane {
      override async page(): Promise<never> {
        await gate.pass();
        throw new RealtimeError('unavailable', 'Redis is away.');
      }
    }
    const server = await realtime({ ...projectsHost, http: http(), backplane: new Away() });
    const answers = Array.from({ length: 10 }, (_, i) => getProject(server, `${i}/tasks`));
    await until(() => gate.arrived === 10, 'ten requests');
    gate.open();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200));
    await until(() => server.log.text.includes('more within'), 'the sum');
    const [first, ...more] = server.log.of('warn').filter((line) => line.includes('could not be read'));
    expect(first).toMatch(/^The position of project:\d could not be read: Redis is away\./);
    expect(more).toEqual([
      expect.stringMatching(/^Positions of rooms could not be read: Redis is away\.: 9 more within a second/),
    ]);
  });
});
