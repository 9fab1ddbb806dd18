import {
  ArgumentMetadata,
  CallHandler,
  CanActivate,
  ExecutionContext,
  Injectable,
  NestInterceptor,
  PipeTransform,
  Scope,
  SetMetadata,
  Type,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { map, of, tap, delay, Observable } from 'rxjs';
import { RealtimeGateway, RequireRoom, Roles, RolesGuard } from '../../src';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

/** Where every step of a frame is noted. */
@Injectable()
class Journal {
  readonly steps: string[] = [];
}

const later = () => new Promise((resolve) => setImmediate(resolve));

function guard(name: string): Type<CanActivate> {
  @Injectable()
  class Noting implements CanActivate {
    constructor(private readonly journal: Journal) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      await later();
      this.journal.steps.push(`${name} ${context.getType()} ${context.getClass().name}.${context.getHandler().name}`);
      return true;
    }
  }
  return Noting;
}

function interceptor(name: string, wait: boolean): Type<NestInterceptor> {
  @Injectable()
  class Noting implements NestInterceptor {
    constructor(private readonly journal: Journal) {}

    intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
      this.journal.steps.push(`before ${name}`);
      const handled = next.handle().pipe(tap(() => this.journal.steps.push(`after ${name}`)));
      return wait ? later().then(() => handled.pipe(delay(1))) : handled;
    }
  }
  return Noting;
}

function pipe(name: string): Type<PipeTransform> {
  @Injectable()
  class Noting implements PipeTransform {
    constructor(private readonly journal: Journal) {}

    async transform(value: unknown, { type }: ArgumentMetadata): Promise<unknown> {
      await later();
      this.journal.steps.push(`${name} ${type}`);
      return value;
    }
  }
  return Noting;
}

@UseGuards(guard('class guard'))
@UseInterceptors(interceptor('class', true))
@UsePipes(pipe('class pipe'))
@RealtimeGateway()
class OrderedGateway {
  constructor(private readonly journal: Journal) {}

  @UseGuards(guard('method guard'))
  @UseInterceptors(interceptor('method', false))
  @UsePipes(pipe('method pipe'))
  @SubscribeMessage('ordered')
  ordered(@MessageBody(pipe('parameter pipe')) data: object) {
    this.journal.steps.push('handler');
    return data;
  }
}

const ordered = [
  'global guard ws OrderedGateway.ordered',
  'class guard ws OrderedGateway.ordered',
  'method guard ws OrderedGateway.ordered',
  ...['before global', 'before class', 'before method'],
  ...['global pipe body', 'class pipe body', 'method pipe body', 'parameter pipe body'],
  'handler',
  ...['after method', 'after class', 'after global'],
];

const Tenant = (name: string) => SetMetadata('tenant', name);

@Injectable()
class Tenants {
  readonly open = new Set(['blue']);
}

@Injectable()
class TenantGuard implements CanActivate {
  constructor(
    private readonly tenants: Tenants,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): Observable<boolean> {
    return of(this.tenants.open.has(this.reflector.get<string>('tenant', context.getHandler())));
  }
}

@Injectable()
class Enveloping implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { cached } = context.switchToWs().getData<{ cached?: boolean }>();
    if (cached) return of({ event: 'found', data: 'in the cache' });
    return next.handle().pipe(map((data: unknown) => ({ event: 'enveloped', data: { data } })));
  }
}

@Injectable({ scope: Scope.REQUEST })
class PerRequest {}

@Injectable()
class PerRequestGuard implements CanActivate {
  constructor(readonly perRequest: PerRequest) {}

  canActivate(): boolean {
    return true;
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class TransientPipe implements PipeTransform {
  transform(value: unknown): unknown {
    return value;
  }
}

@RealtimeGateway()
class GuardedGateway {
  @Tenant('blue')
  @UseGuards(TenantGuard)
  @SubscribeMessage('blue')
  blue() {
    return { ok: true };
  }

  @Tenant('red')
  @UseGuards(TenantGuard)
  @SubscribeMessage('red')
  red() {
    return { ok: true };
  }

  @Roles('manager', 'admin')
  @UseGuards(RolesGuard)
  @SubscribeMessage('manage')
  manage() {
    return { ok: true };
  }

  @RequireRoom()
  @SubscribeMessage('draw')
  draw(@MessageBody() data: object) {
    return data;
  }

  @UseInterceptors(Enveloping)
  @SubscribeMessage('wrapped')
  wrapped() {
    return { a: 1 };
  }
}

describe("what surrounds a host's command", () => {
  it('runs in the order of the Nest documentation, each step waiting for the one before', async () => {
    const journal = new Journal();
    const providers = [
      OrderedGateway,
      { provide: Journal, useValue: journal },
      { provide: APP_GUARD, useClass: guard('global guard') },
      { provide: APP_INTERCEPTOR, useClass: interceptor('global', true) },
      { provide: APP_PIPE, useClass: pipe('global pipe') },
    ];
    const { connect } = await realtime({ host: { providers } });
    const alice = await connect('alice');
    expect((await alice.request('ordered', { a: 1 })).data).toEqual({ a: 1 });
    expect(journal.steps).toEqual(ordered);
  });

  it('may be set on the application, too, and then surrounds the commands of the module as well', async () => {
    const journal = new Journal();
    const global = [guard('global guard'), interceptor('global', false), pipe('global pipe')] as const;
    const { connect } = await realtime({
      host: { providers: [OrderedGateway, { provide: Journal, useValue: journal }] },
      configure: (app) => {
        app.useGlobalGuards(new global[0](journal));
        app.useGlobalInterceptors(new global[1](journal));
        app.useGlobalPipes(new global[2](journal));
      },
    });
    const alice = await connect('alice');
    expect((await alice.request('ordered', { a: 1 })).data).toEqual({ a: 1 });
    expect(journal.steps.splice(0)).toEqual(ordered);
    await alice.settled();
    expect(journal.steps).toEqual([
      'global guard ws ConnectionGateway.ping',
      'before global',
      'global pipe body',
      'after global',
    ]);
  });

  it('lets guards decide with what is injected into them, and what is set on the handler', async () => {
    const { connect } = await realtime({ host: { providers: [GuardedGateway, Tenants] } });
    const alice = await connect('alice');
    expect((await alice.request('blue')).data).toEqual({ ok: true });
    expect(await alice.refusal('red')).toEqual({
      code: 'forbidden',
      message: 'You may not do this.',
      retryable: false,
    });
  });

  it('offers hosts a guard for roles and one for rooms', async () => {
    const { connect } = await realtime({ host: { providers: [GuardedGateway, Tenants] } });
    const alice = await connect('alice', { roles: ['member'] });
    const boss = await connect('boss', { roles: ['member', 'manager'] });
    expect(await alice.refusal('manage')).toMatchObject({
      code: 'forbidden',
      message: 'This needs the role manager or admin.',
    });
    expect((await boss.request('manage')).data).toEqual({ ok: true });

    expect((await alice.refusal('draw', { room: 'board:1' })).code).toBe('not_member');
    expect((await alice.refusal('draw', { room: 'user:alice' })).code).toBe('forbidden');
    expect((await alice.refusal('draw', { room: ['board:1'] })).code).toBe('validation_failed');
    await alice.join('board:1');
    expect((await alice.request('draw', { room: 'board:1' })).data).toEqual({ room: 'board:1' });
  });

  it('lets interceptors change the reply, or give one themselves', async () => {
    const { connect } = await realtime({ host: { providers: [GuardedGateway, Tenants] } });
    const alice = await connect('alice');
    expect(await alice.request('wrapped')).toMatchObject({ type: 'enveloped', data: { data: { a: 1 } } });
    expect(await alice.request('wrapped', { cached: true })).toMatchObject({ type: 'found', data: 'in the cache' });
  });

  it('cannot be made anew for each request: the boot fails, and says what to do', async () => {
    @RealtimeGateway()
    class ScopedGuardGateway {
      @UseGuards(PerRequestGuard)
      @SubscribeMessage('scoped')
      scoped() {}
    }
    @RealtimeGateway()
    class TransientPipeGateway {
      @SubscribeMessage('scoped')
      scoped(@MessageBody(TransientPipe) _data: object) {}
    }
    @RealtimeGateway()
    class ScopedGateway {
      constructor(readonly perRequest: PerRequest) {}
    }
    const boot = (gateway: Type) => realtime({ host: { providers: [gateway, PerRequest] } });
    await expect(boot(ScopedGuardGateway)).rejects.toThrow(
      'RealtimeModule: PerRequestGuard on ScopedGuardGateway is request-scoped, or something it injects is. ' +
        'One instance serves all frames: make it a singleton.',
    );
    await expect(boot(TransientPipeGateway)).rejects.toThrow('TransientPipe on TransientPipeGateway is transient.');
    @Injectable({ scope: Scope.TRANSIENT })
    @RealtimeGateway()
    class TransientGateway {}
    await expect(boot(TransientGateway)).rejects.toThrow('TransientGateway is transient.');
    await expect(boot(ScopedGateway)).rejects.toThrow('ScopedGateway is request-scoped, or something it injects is.');
  });

  it('is said at boot to leave out what is global and request-scoped', async () => {
    const scopedGuard = { provide: APP_GUARD, useClass: PerRequestGuard, scope: Scope.REQUEST };
    const { connect, log } = await realtime({
      host: { providers: [GuardedGateway, Tenants, PerRequest, scopedGuard] },
    });
    expect(log.of('warn').filter((line) => line.includes('guards'))).toEqual([
      'Request-scoped global guards are not applied to WebSocket commands: there is no request. RealtimeModule',
    ]);
    const alice = await connect('alice');
    expect((await alice.request('blue')).data).toEqual({ ok: true });
  });
});
