import {
  Body,
  CanActivate,
  Controller,
  ExecutionContext,
  Get,
  HttpCode,
  Injectable,
  Param,
  ParseIntPipe,
  Post,
  UseGuards,
} from '@nestjs/common';
import { Observable, of } from 'rxjs';
import request from 'supertest';
import { EmitEvent, MemoryBackplane, RealtimeError } from '../../src';
import type { RealtimeTestOptions } from '../support/realtime';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';

afterEach(stopAll);

interface Task {
  id: number;
  projectId: number;
  title: string;
}

@Injectable()
class KeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-key'] === 'sesame';
  }
}

@Controller('projects/:project/tasks')
class TasksController {
  /** Between the decorators of the route, as one may well write it. */
  @Post()
  @EmitEvent<'task.created', Task>('task.created', { room: (task) => `project:${task.projectId}` })
  @HttpCode(202)
  @UseGuards(KeyGuard)
  create(@Param('project', ParseIntPipe) projectId: number, @Body() { title }: { title: string }): Task {
    if (title === 'impossible') throw new Error('nothing was made');
    return { id: 1, projectId, title };
  }

  @EmitEvent<'task.read', { id: number }>('task.read', { rooms: ({ id }) => [`project:1`, `task:${id}`] })
  @Get(':id')
  read(@Param('id', ParseIntPipe) id: number) {
    return of({ id: 0 }, { id });
  }

  @Post('nowhere')
  @EmitEvent<'task.lost', Task>('task.lost', { room: (task) => `project ${task.projectId}` })
  lose(): Task {
    return { id: 2, projectId: 1, title: 'lost' };
  }

  @Post('broken')
  @EmitEvent<'task.lost', { task: Task } | undefined>('task.lost', { room: (result) => `project:${result!.task.id}` })
  break(): undefined {
    return undefined;
  }
}

@Injectable()
class Billing {
  readonly #prefix = 'invoice';

  @EmitEvent<'invoice.paid', { id: string; owner: string }>('invoice.paid', {
    user: ({ owner }) => owner,
    exceptUser: 'nobody',
  })
  async pay(owner: string) {
    await Promise.resolve();
    return { id: `${this.#prefix}-1`, owner };
  }

  @EmitEvent('year.closed', { all: true, delivery: 'volatile' })
  close(year: number) {
    return { year };
  }

  ended = 0;

  @EmitEvent('invoice.watched', { all: true })
  watch(): Observable<never> {
    return new Observable(() => () => this.ended++);
  }

  @EmitEvent('invoice.lost', { all: true })
  fail(): Promise<never> {
    return Promise.reject(new Error('no money'));
  }
}

class BillingOfMine extends Billing {}

const host: RealtimeTestOptions = {
  host: { controllers: [TasksController], providers: [Billing, BillingOfMine, KeyGuard] },
};

describe('@EmitEvent on a controller', () => {
  it('publishes the result where it says, and leaves route, status, params, guards and pipes as they are', async () => {
    const { app, connect } = await realtime(host);
    const alice = await connect('alice');
    await alice.join('project:7');
    const http = request(app.getHttpServer() as never);
    const answer = await http.post('/projects/7/tasks').set('x-key', 'sesame').send({ title: 'Paint' });
    expect([answer.status, answer.body]).toEqual([202, { id: 1, projectId: 7, title: 'Paint' }]);
    expect(await alice.next('task.created')).toMatchObject({ room: 'project:7', data: answer.body as object });

    expect((await http.post('/projects/7/tasks').send({ title: 'Paint' })).status).toBe(403);
    expect((await http.post('/projects/x/tasks').set('x-key', 'sesame').send({})).status).toBe(400);
    expect((await http.post('/projects/7/tasks').set('x-key', 'sesame').send({ title: 'impossible' })).status).toBe(
      500,
    );
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });

  it('publishes the last value of an Observable', async () => {
    const { app, connect } = await realtime(host);
    const alice = await connect('alice');
    await alice.join('task:9');
    const answer = await request(app.getHttpServer() as never).get('/projects/1/tasks/9');
    expect(answer.body).toEqual({ id: 9 });
    expect((await alice.next('task.read')).data).toEqual({ id: 9 });
  });

  it.each([
    ['nowhere', 'task.lost could not be published', { id: 2, projectId: 1, title: 'lost' }],
    ['broken', 'Cannot read properties of undefined', {}],
  ])('returns the result though it could not be published (%s), and logs it', async (path, message, body) => {
    const { app, log } = await realtime(host);
    const answer = await request(app.getHttpServer() as never).post(`/projects/1/tasks/${path}`);
    expect([answer.status, answer.body]).toEqual([201, body]);
    expect(log.of('error').join()).toContain(message);
  });
});

describe('@EmitEvent on a service', () => {
  it('publishes what its method returns, with this and arguments as ever', async () => {
    const { app, connect } = await realtime(host);
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    expect(await app.get(Billing).pay('alice')).toEqual({ id: 'invoice-1', owner: 'alice' });
    expect(await alice.next('invoice.paid')).toMatchObject({ room: 'user:alice', data: { id: 'invoice-1' } });
    await expect(app.get(Billing).close(2026)).resolves.toEqual({ year: 2026 });
    expect(await bob.next('year.closed')).toMatchObject({ data: { year: 2026 } });
    expect(await app.get(BillingOfMine).pay('bob')).toEqual({ id: 'invoice-1', owner: 'bob' });
    await bob.next('invoice.paid');
  });

  it('ends the Observable of its method when nobody waits for its last value any more', async () => {
    const { app } = await realtime(host);
    const billing = app.get(Billing);
    billing.watch().subscribe().unsubscribe();
    expect(billing.ended).toBe(1);
  });

  it('publishes nothing when its method fails', async () => {
    const { app, connect, log } = await realtime(host);
    const alice = await connect('alice');
    await expect(app.get(Billing).fail()).rejects.toThrow('no money');
    await alice.settled();
    expect(alice.unread).toEqual([]);
    expect(log.of('error')).toEqual([]);
  });

  it('logs a backplane that is away once a second, and how often it was in the way', async () => {
    class Away extends MemoryBackplane {
      override async publish(): Promise<never> {
        throw new RealtimeError('unavailable', 'Redis is away.');
      }
    }
    const { app, log } = await realtime({ ...host, backplane: new Away() });
    const closed = Array.from({ length: 20 }, async () => app.get(Billing).close(2026));
    expect(await Promise.all(closed)).toEqual(closed.map(() => ({ year: 2026 })));
    await until(() => log.text.includes('more within'), 'the sum');
    const [first, ...more] = log.of('error');
    expect(first).toContain('year.closed could not be published');
    expect(more).toEqual([
      expect.stringMatching(/^Events could not be published: .*Redis is away.: 19 more within a s/),
    ]);
  });
});

describe('@EmitEvent', () => {
  it.each<[string, object, string]>([
    [
      'created',
      { all: true },
      "type must be noun.verb, as task.created, at most 64 characters of A-Z a-z 0-9 _ and dots, got 'created'",
    ],
    ['task.created', {}, 'give exactly one of room, rooms, user, all, got none'],
    ['task.created', { room: () => 'a', user: 'bob' }, 'got room and user'],
    ['task.created', { room: 'a', volatile: true }, 'volatile is not an option, which are room, rooms,'],
  ])('refuses where it is applied what fits no result: %s %j', (type, target, message) => {
    expect(() => EmitEvent(type, target as never)).toThrow(message);
  });
});
