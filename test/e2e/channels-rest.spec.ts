import { ForbiddenException, ValidationPipe } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { channelsAs } from '../support/channels';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';

afterEach(stopAll);

async function api(options: RealtimeTestOptions = {}) {
  const server = await realtime(options);
  return { server, alice: channelsAs(server, 'alice'), bob: channelsAs(server, 'bob') };
}

describe.each([
  ['Express', () => ({})],
  ['Fastify', () => ({ http: new FastifyAdapter() })],
])('channels over HTTP on %s', (_name, options) => {
  it('are made, shown, changed, listed page by page and deleted', async () => {
    const { alice, bob } = await api(options());
    const made = await alice('POST', '', { id: 'a', name: 'First', slow_mode_seconds: 5 });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: 'a',
      room: 'channel:a',
      name: 'First',
      visibility: 'public',
      owner_id: 'alice',
      slow_mode_seconds: 5,
      member_limit: 10_000,
      created_at: expect.stringMatching(/^\d{4}-.+Z$/) as string,
    });
    expect((await alice('PATCH', '/a', { name: 'Renamed' })).body).toEqual({ ...made.body, name: 'Renamed' });
    expect((await bob('GET', '/a')).body).toEqual({ ...made.body, name: 'Renamed' });
    await alice('POST', '', { id: 'b', name: 'Hidden', visibility: 'private' });
    await alice('POST', '', { id: 'c', name: 'Locked', visibility: 'password', password: 'open sesame' });
    const generated = await alice('POST', '', { name: 'No id' });
    expect(generated.body.id).toMatch(/^[\w-]{21}$/);
    await alice('DELETE', `/${String(generated.body.id)}`);
    const ids = ({ body }: { body: Record<string, unknown> }) =>
      (body.channels as { id: string }[]).map(({ id }) => id);
    expect(ids(await alice('GET', ''))).toEqual(['a', 'b', 'c']);
    expect(ids(await bob('GET', ''))).toEqual(['a', 'c']);
    const first = await bob('GET', '?limit=1');
    expect([ids(first), first.body.has_more]).toEqual([['a'], true]);
    const rest = await bob('GET', '?limit=1&after=a');
    expect([ids(rest), rest.body.has_more]).toEqual([['c'], false]);
    expect((await alice('DELETE', '/a')).status).toBe(204);
    expect((await bob('GET', '/a')).status).toBe(404);
  });

  it('need a token that is good', async () => {
    const { server } = await api(options());
    const url = `http://127.0.0.1:${server.port}/api/v1/websocket/channels`;
    for (const headers of [{}, { authorization: 'Bearer no.good' }, { authorization: 'Basic eDp5' }]) {
      const response = await fetch(url, { headers: { ...headers } as Record<string, string> });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await response.json()).toMatchObject({ code: 'unauthorized' });
    }
  });

  it('say when to come back after too many passwords', async () => {
    const { alice, bob } = await api({ ...options(), channels: { passwordAttemptsPerMinute: 1 } });
    await alice('POST', '', { id: 'c', name: 'Locked', visibility: 'password', password: 'open sesame' });
    await bob('POST', '/c/join', { password: 'wrong' });
    const { status, headers } = await bob('POST', '/c/join', { password: 'open sesame' });
    expect([status, Number(headers.get('retry-after')) > 30]).toEqual([429, true]);
  });
});

const SQL = `x'); drop table channels; --`;
const LONG = 'x'.repeat(5_000);

describe('wrong input', () => {
  const bodies: [string, string, unknown, string][] = [
    ['POST', '', {}, 'name'],
    ['POST', '', { name: '' }, 'name'],
    ['POST', '', { name: 7 }, 'name'],
    ['POST', '', { name: LONG }, 'name'],
    ['POST', '', { name: 'a\0b' }, 'name'],
    ['POST', '', { name: 'x', id: SQL }, 'id'],
    ['POST', '', { name: 'x', id: 'x'.repeat(65) }, 'id'],
    ['POST', '', { name: 'x', id: ['a'] }, 'id'],
    ['POST', '', { name: 'x', visibility: 'secret' }, 'visibility'],
    ['POST', '', { name: 'x', visibility: 'password' }, 'password'],
    ['POST', '', { name: 'x', password: 'open sesame' }, 'password'],
    ['POST', '', { name: 'x', visibility: 'password', password: 'short' }, 'password'],
    ['POST', '', { name: 'x', visibility: 'password', password: LONG }, 'password'],
    ['POST', '', { name: 'x', slow_mode_seconds: -1 }, 'slow_mode_seconds'],
    ['POST', '', { name: 'x', slow_mode_seconds: '5' }, 'slow_mode_seconds'],
    ['POST', '', { name: 'x', member_limit: 0 }, 'member_limit'],
    ['POST', '', { name: 'x', member_limit: 1e9 }, 'member_limit'],
    ['POST', '', { name: 'x', owner_id: 'bob' }, 'owner_id'],
    ['POST', '', { name: 'x', password_hash: 'x' }, 'password_hash'],
    ['POST', '', [], ''],
    ['PATCH', '/den', { visibility: 'password' }, 'visibility'],
    ['PATCH', '/den', { name: LONG }, 'name'],
    ['PATCH', '/den', { id: 'other' }, 'id'],
    ['PATCH', '/den', { member_limit: 1e9 }, 'member_limit'],
    ['PUT', '/den/password', {}, 'password'],
    ['PUT', '/den/password', { password: 'short' }, 'password'],
    ['PUT', '/den/password', { password: 12345678 }, 'password'],
    ['POST', '/den/join', { password: LONG }, 'password'],
    ['POST', '/den/join', { password: { a: 1 } }, 'password'],
    ['POST', '/den/members', {}, 'user_id'],
    ['POST', '/den/members', { user_id: 'a\0b' }, 'user_id'],
    ['POST', '/den/members', { user_id: LONG }, 'user_id'],
    ['PUT', '/den/members/bob', {}, 'role'],
    ['PUT', '/den/members/bob', { role: 'owner' }, 'role'],
    ['PUT', '/den/bans/bob', { reason: LONG }, 'reason'],
    ['PUT', '/den/bans/bob', { until: 'tomorrow' }, 'until'],
    ['PUT', '/den/bans/bob', { until: 7 }, 'until'],
    ['PUT', '/den/bans/bob', { until: '2020-01-01T00:00:00Z' }, 'until'],
    ['PUT', '/den/bans/a%00b', {}, 'user'],
    ['DELETE', '/den/bans/a%00b', undefined, 'user'],
    ['DELETE', `/den/members/${'x'.repeat(201)}`, undefined, 'user'],
    ['GET', '?limit=0', undefined, 'limit'],
    ['GET', '?limit=1000', undefined, 'limit'],
    ['GET', '?limit=x', undefined, 'limit'],
    ['GET', '?after=a&after=b', undefined, 'after'],
    ['GET', '?order=name', undefined, 'order'],
    ['GET', '/den/bans?limit=-1', undefined, 'limit'],
    ['GET', '/den/members?limit=201', undefined, 'limit'],
    ['GET', '/den/members?after=a%00b', undefined, 'after'],
  ];

  it('is answered with what is wrong, and does nothing', async () => {
    const { alice } = await api();
    await alice('POST', '', { id: 'den', name: 'Den' });
    const before = await alice('GET', '');
    for (const [method, path, body, field] of bodies) {
      const answer = await alice(method, path, body);
      const told = (answer.body.details as { field: string }[] | undefined)?.map((detail) => detail.field);
      expect([method, path, body, answer.status, answer.body.code, told]).toEqual([
        ...[method, path, body, 400],
        ...['validation_failed', [field]],
      ]);
    }
    expect((await alice('GET', '')).body).toEqual(before.body);
  });

  it('names a channel or user that is not there', async () => {
    const { alice } = await api();
    await alice('POST', '', { id: 'den', name: SQL });
    expect((await alice('GET', '/den')).body).toMatchObject({ name: SQL });
    const user = { user_id: 'bob' };
    const missing: [string, string, unknown][] = [
      ['PATCH', '', { name: 'x' }],
      ['DELETE', '', undefined],
      ['GET', '', undefined],
      ['GET', '/members', undefined],
      ['GET', '/stats', undefined],
      ['PUT', '/password', { password: 'open sesame' }],
      ['POST', '/join', {}],
      ['POST', '/leave', undefined],
      ['POST', '/members', user],
      ['PUT', '/members/bob', { role: 'member' }],
      ['DELETE', '/members/bob', undefined],
      ['GET', '/bans', undefined],
      ['PUT', '/bans/bob', {}],
      ['DELETE', '/bans/bob', undefined],
    ];
    for (const id of ['none', encodeURIComponent(SQL), 'a%00b', 'x'.repeat(300), '__proto__', 'constructor']) {
      for (const [method, path, body] of missing) {
        const answer = await alice(method, `/${id}${path}`, body);
        expect([method, id, path, answer.status, answer.body.code]).toEqual([method, id, path, 404, 'not_found']);
      }
    }
    for (const [method, path, body] of missing.filter(([, path]) => path.startsWith('/members/bob'))) {
      expect((await alice(method, `/den${path}`, body)).status).toBe(404);
    }
  });

  it('of somebody who may not: every route that changes something says so', async () => {
    const { alice, bob } = await api();
    await alice('POST', '', { id: 'den', name: 'Den' });
    await bob('POST', '/den/join', {});
    const routes: [string, string, unknown][] = [
      ['PATCH', '', { name: 'x' }],
      ['DELETE', '', undefined],
      ['PUT', '/password', { password: 'open sesame' }],
      ['POST', '/members', { user_id: 'carol' }],
      ['PUT', '/members/alice', { role: 'member' }],
      ['DELETE', '/members/alice', undefined],
      ['GET', '/bans', undefined],
      ['PUT', '/bans/alice', {}],
      ['DELETE', '/bans/alice', undefined],
    ];
    for (const [method, path, body] of routes) {
      const answer = await bob(method, `/den${path}`, body);
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, 'forbidden']);
    }
  });
});

describe('the routes of the channels', () => {
  it('answer 404 when they are switched off', async () => {
    const { alice } = await api({ channels: { rest: false } });
    expect(await alice('GET', '')).toMatchObject({ status: 404 });
  });

  it('keep to how many channels one user may own', async () => {
    const { alice, bob } = await api({ channels: { maxPerUser: 1 } });
    await alice('POST', '', { name: 'One' });
    expect((await alice('POST', '', { name: 'Two' })).body).toMatchObject({ code: 'limit_exceeded' });
    expect((await bob('POST', '', { name: 'One' })).status).toBe(201);
  });

  it('take so many requests of each user, and say when the next', async () => {
    const { server, alice, bob } = await api({ channels: { requests: { perSecond: 0.01, burst: 3 } } });
    for (let n = 0; n < 3; n++) expect((await alice('GET', '')).status).toBe(200);
    const { status, body, headers } = await alice('GET', '');
    expect([status, body.code, Number(headers.get('retry-after')) > 50]).toEqual([429, 'rate_limited', true]);
    expect((await bob('GET', '')).status).toBe(200);
    // What its connections send is counted apart.
    expect((await (await server.connect('alice')).request('ping')).type).toBe('pong');
  });

  it("work beside the host's own pipes and guards", async () => {
    const guard = {
      canActivate: () => {
        throw new ForbiddenException('Closed today');
      },
    };
    const strict = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true });
    const open = await api({ configure: (app) => app.useGlobalPipes(strict) });
    expect((await open.alice('POST', '', { name: 'x', slow_mode_seconds: 5 })).status).toBe(201);
    const closed = await api({ configure: (app) => app.useGlobalGuards(guard) });
    expect(await closed.alice('GET', '')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});
