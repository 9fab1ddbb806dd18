import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { adminAs, callerOf, stranger } from '../support/admin';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

const ROUTES: [method: string, path: string][] = [
  ['GET', '/connections/count'],
  ['GET', '/users/bob/connections/count'],
  ['GET', '/projects/1/connections/count'],
  ['GET', '/connections'],
  ['GET', '/rooms'],
  ['GET', '/rooms/project:1'],
  ['GET', '/rooms/project:1/explain?event=task.created'],
  ['GET', '/rooms/project:1/publications'],
  ['GET', '/rooms/channel:den/stats'],
  ['GET', '/stats'],
  ['GET', '/metrics'],
  ['GET', '/audit'],
  ['POST', '/broadcast'],
  ['POST', '/rooms/project:1/message'],
  ['POST', '/projects/1/message'],
  ['POST', '/users/bob/message'],
  ['POST', '/users/bob/disconnect'],
  ['POST', '/projects/1/disconnect'],
  ['POST', '/connections/x/disconnect'],
  ['POST', '/rooms/project:1/recheck'],
  ['POST', '/drain'],
];
const bodyOf = (method: string) => (method === 'POST' ? { event: 'notice.given', data: {} } : undefined);

describe('every route of the admin API', () => {
  it('is 404 where it is not configured', async () => {
    const admin = adminAs(await realtime());
    for (const [method, path] of ROUTES) {
      expect([path, await admin(method, path, bodyOf(method))]).toMatchObject([path, { status: 404 }]);
    }
  });

  it('refuses whoever has no token, or one without the role, and does nothing', async () => {
    const server = await realtime({ admin: {} });
    const bob = await server.connect('bob');
    await bob.join('project:1');
    const bad = callerOf(server, { authorization: 'Bearer no.good' }, '/api/v1/websocket');
    const user = adminAs(server, ['user', 'Admin']);
    for (const [method, path] of ROUTES) {
      for (const nobody of [stranger(server), bad]) {
        const { status, body, headers } = await nobody(method, path, bodyOf(method));
        expect([path, status, body.code]).toEqual([path, 401, 'unauthorized']);
        expect(headers.get('www-authenticate')).toBe('Bearer');
      }
      expect([path, await user(method, path, bodyOf(method))]).toMatchObject([
        path,
        { status: 403, body: { code: 'forbidden' } },
      ]);
    }
    await bob.settled();
    expect(bob.unread).toEqual([]);
  });

  it('takes so many requests of each administrator, and says when the next', async () => {
    const server = await realtime({ admin: { requests: { perSecond: 0.01, burst: 2 } } });
    const admin = adminAs(server);
    for (let n = 0; n < 2; n++) expect((await admin('GET', '/stats')).status).toBe(200);
    const { status, headers } = await admin('GET', '/stats');
    expect([status, Number(headers.get('retry-after')) > 50]).toEqual([429, true]);
  });
});

@Injectable()
class KeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-key'] === 'sesame';
  }
}

describe('the admin API', () => {
  it('is where the application wants it', async () => {
    const elsewhere = await realtime({ admin: { prefix: '/ops/realtime' } });
    const usual = await realtime({ admin: {} });
    expect((await adminAs(elsewhere, ['admin'], '/ops/realtime')('GET', '/stats')).status).toBe(200);
    expect((await adminAs(elsewhere)('GET', '/stats')).status).toBe(404);
    expect((await adminAs(usual)('GET', '/stats')).status).toBe(200);
    expect((await adminAs(usual, ['admin'], '/ops/realtime')('GET', '/stats')).status).toBe(404);
  });

  it.each([
    ['a class', KeyGuard],
    ['an instance', new KeyGuard()],
  ])("asks the application's own guard, %s, instead of for a token", async (_form, guard) => {
    const server = await realtime({ admin: { guard }, host: { providers: [KeyGuard] } });
    const known = callerOf(server, { 'x-key': 'sesame' }, '/api/v1/websocket');
    expect((await known('GET', '/stats')).status).toBe(200);
    expect(await adminAs(server)('GET', '/stats')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it("passes the channels' routes by, which users have as before", async () => {
    const server = await realtime({ admin: {} });
    const authorization = `Bearer ${tokenFor('alice')}`;
    const alice = callerOf(server, { authorization }, '/api/v1/websocket');
    expect((await alice('GET', '/channels')).status).toBe(200);
    expect((await stranger(server)('GET', '/health/live')).status).toBe(200);
  });

  it.each([
    [{ prefix: 'admin' }, "admin.prefix must be a path such as '/admin/realtime', got 'admin'"],
    [{ guard: {} as CanActivate }, 'admin.guard must be a guard, or a class of one'],
    [{ actor: 'root' as never }, 'admin.actor must be a function'],
    [{ requests: { perSecond: 0, burst: 1 } }, 'admin.requests.perSecond must be more than 0'],
    [{ console: { path: 'console' } }, "admin.console must be false, or have a path such as '/realtime/console'"],
    [{ console: true as never }, 'admin.console must be false, or have a path'],
    [{ path: '/x' } as never, 'admin.path is not an option'],
  ])('does not boot with the options %j', async (admin, problem) => {
    await expect(realtime({ admin })).rejects.toThrow(problem);
  });
});
