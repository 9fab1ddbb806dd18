import { ValidationPipe } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { adminAs } from '../support/admin';
import { channelsAs } from '../support/channels';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';

afterEach(stopAll);

const STRICT = new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true });

const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

const TOO_DEEP = [400, 'validation_failed', 'The body is nested deeper than 64 levels.'];

describe.each<[string, () => RealtimeTestOptions]>([
  ['on Express', () => ({})],
  ['on Fastify', () => ({ http: new FastifyAdapter() })],
  ["beside the application's ValidationPipe", () => ({ configure: (app) => app.useGlobalPipes(STRICT) })],
])('the body of a request %s', (_name, options) => {
  const start = () => realtime({ ...options(), admin: {} });

  it.each([
    ['POST', '', 'name'],
    ['POST', '', 'other'],
    ['PATCH', '/a', 'name'],
    ['PUT', '/a/password', 'password'],
    ['POST', '/a/join', 'password'],
  ])('that is nested 3,000 deep is a bad request: %s channels%s {"%s"}', async (method, path, field) => {
    const server = await start();
    const { status, body } = await channelsAs(server, 'alice')(method, path, { [field]: nested(3_000) });
    expect([status, body.code, body.message]).toEqual(TOO_DEEP);
    expect(server.log.of('error')).toEqual([]);
  });

  it('to the admin API is taken with 64 levels, and refused with more', async () => {
    const server = await start();
    const alice = await server.connect('alice');
    const broadcast = (levels: number) =>
      adminAs(server)('POST', '/broadcast', { event: 'app.news', data: { deep: nested(levels) } });
    expect((await broadcast(62)).status).toBe(200);
    expect((await alice.next('app.news')).data).toEqual({ deep: nested(62) });
    const { status, body } = await broadcast(63);
    expect([status, body.code, body.message]).toEqual(TOO_DEEP);
  });

  it('of more than 1,000 values is too large, before anybody looks at each', async () => {
    const server = await start();
    const { status, body } = await channelsAs(server, 'alice')('POST', '', {
      name: Array.from({ length: 1_000 }, () => 0),
    });
    expect([status, body.code, body.message]).toEqual([
      ...[413, 'payload_too_large', 'The body holds more than 1000 values.'],
    ]);
  });
});
