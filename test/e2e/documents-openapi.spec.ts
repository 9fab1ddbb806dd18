import { Body, Controller, Get, Post } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ApiProperty, OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import definitions from '@asyncapi/specs/schemas/3.0.0.json';
import { Ajv } from 'ajv';
import supertest from 'supertest';
import {
  BanDto,
  CreateChannelDto,
  JoinChannelDto,
  PasswordDto,
  RoleDto,
  UpdateChannelDto,
  UserDto as OurUserDto,
} from '../../src/features/chat/channels/channel.dto';
import { FramePipe } from '../../src/gateway/validation/frame.pipe';
import { channelsAs } from '../support/channels';
import {
  bodyOf,
  documentOf,
  missingFrom,
  open,
  operation,
  operations,
  reader,
  refsIn,
  Schema,
  schemaOf,
} from '../support/openapi';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

const CHANNELS = '/api/v1/websocket/channels';
/** AsyncAPI has the schema of a schema of OpenAPI 3.0 with it. */
const SCHEMA_OBJECT = 'http://asyncapi.com/definitions/3.0.0/openapiSchema_3_0.json';
describe.each([
  ['Express', () => ({})],
  ['Fastify', () => ({ http: new FastifyAdapter() })],
])("a host's OpenAPI document on %s", (_name, options) => {
  it('has every route of the module, with what it takes, answers and refuses', async () => {
    const { document } = await open(options());
    expect(
      operations(document)
        .map(([name]) => name)
        .sort(),
    ).toEqual(
      [
        'GET /api/v1/websocket/asyncapi.json',
        ...['GET', 'POST'].map((method) => `${method} ${CHANNELS}`),
        ...['DELETE', 'GET', 'PATCH'].map((method) => `${method} ${CHANNELS}/{id}`),
        ...['PUT'].map((method) => `${method} ${CHANNELS}/{id}/password`),
        ...['POST'].map((method) => `${method} ${CHANNELS}/{id}/join`),
        ...['POST'].map((method) => `${method} ${CHANNELS}/{id}/leave`),
        ...['GET', 'POST'].map((method) => `${method} ${CHANNELS}/{id}/members`),
        ...['DELETE', 'PUT'].map((method) => `${method} ${CHANNELS}/{id}/members/{user}`),
        ...['GET'].map((method) => `${method} ${CHANNELS}/{id}/stats`),
        ...['GET'].map((method) => `${method} ${CHANNELS}/{id}/bans`),
        ...['DELETE', 'PUT'].map((method) => `${method} ${CHANNELS}/{id}/bans/{user}`),
      ].sort(),
    );
    for (const [name, { summary, responses, security, parameters }] of operations(document)) {
      const named = Array.from(name.matchAll(/{(\w+)}/g), ([, parameter]) => parameter);
      expect([name, parameters.filter((each) => each.in === 'path').map((each) => each.name)]).toEqual([name, named]);
      expect([name, Boolean(summary)]).toEqual([name, true]);
      if (!name.includes(CHANNELS)) continue;
      expect([name, security]).toEqual([name, [{ bearer: [] }]]);
      const refused = ['401', '403', '404', '409', '429', '500', '503'];
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(refused));
      for (const status of refused)
        expect(responses[status].content?.['application/json'].schema).toEqual(schemaOf('RealtimeError'));
    }
  });

  it('is whole: every reference leads somewhere, every schema is one, every id is there once', async () => {
    const { document } = await open(options());
    const names = Object.keys(document.components!.schemas!);
    expect([...new Set(refsIn(document))].sort()).toEqual(names.map((name) => `#/components/schemas/${name}`).sort());
    const ids = operations(document).map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const ajv = new Ajv({ strict: false, validateFormats: false });
    const isSchema = ajv.compile(definitions.definitions[SCHEMA_OBJECT]);
    for (const name of names) {
      isSchema(document.components!.schemas![name]);
      expect([name, isSchema.errors]).toEqual([name, null]);
    }
  });

  it('describes what the routes answer', async () => {
    const { server, document } = await open(options());
    const check = reader(document);
    const alice = channelsAs(server, 'alice');
    const told = async (method: string, route: string, path: string, body?: unknown) => {
      const answer = await alice(method, path, body);
      const { content } = operation(document, `${method} ${CHANNELS}${route}`).responses[answer.status];
      const isTold = check(content!['application/json'].schema);
      isTold(answer.body);
      expect([method, path, isTold.errors]).toEqual([method, path, null]);
      return answer.status;
    };
    expect(
      await told('POST', '', '', { id: 'den', name: 'Den', visibility: 'password', password: 'open sesame' }),
    ).toBe(201);
    expect(await told('GET', '', '')).toBe(200);
    expect(await told('GET', '/{id}', '/den')).toBe(200);
    expect(await told('PATCH', '/{id}', '/den', { name: 'Lair' })).toBe(200);
    expect(await told('PUT', '/{id}/password', '/den/password', { password: null })).toBe(200);
    expect(await told('POST', '/{id}/join', '/den/join', {})).toBe(200);
    await alice('PUT', '/den/bans/bob', { reason: 'Noise', until: '2100-01-01T00:00:00Z' });
    expect(await told('GET', '/{id}/bans', '/den/bans')).toBe(200);
    expect(await told('POST', '', '', { name: '' })).toBe(400);
    expect(await told('GET', '/{id}', '/none')).toBe(404);
    expect((await alice('DELETE', '/den')).status).toBe(204);
    expect(Object.keys(operation(document, `DELETE ${CHANNELS}/{id}`).responses)).toContain('204');
  });
});

describe("a host's OpenAPI document", () => {
  it('requires of a body exactly what the server does', async () => {
    const { document } = await open();
    const bodies = [
      [`POST ${CHANNELS}`, CreateChannelDto],
      [`PATCH ${CHANNELS}/{id}`, UpdateChannelDto],
      [`PUT ${CHANNELS}/{id}/password`, PasswordDto],
      [`POST ${CHANNELS}/{id}/join`, JoinChannelDto],
      [`POST ${CHANNELS}/{id}/members`, OurUserDto],
      [`PUT ${CHANNELS}/{id}/members/{user}`, RoleDto],
      [`PUT ${CHANNELS}/{id}/bans/{user}`, BanDto],
    ] as const;
    const withBody = operations(document).filter(([, { requestBody }]) => requestBody);
    expect(withBody.map(([name]) => name).sort()).toEqual(bodies.map(([name]) => name).sort());
    for (const [name, dto] of bodies) {
      const told = operation(document, name);
      const missing = await missingFrom(new FramePipe<object>(dto));
      const schema = document.components!.schemas![`Realtime${dto.name}`] as Schema;
      expect([name, bodyOf(told), schema.required ?? []]).toEqual([name, schemaOf(`Realtime${dto.name}`), missing]);
      expect([name, told.requestBody!.required]).toEqual([name, missing.length > 0]);
    }
  });

  it('has what a query may hold', async () => {
    const { document } = await open();
    const { parameters } = operation(document, `GET ${CHANNELS}`);
    expect(parameters).toEqual([
      expect.objectContaining({ name: 'after', in: 'query', required: false }),
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 200 } },
    ]);
  });

  it("leaves the host's own classes their names, also where ours are called the same", async () => {
    class UserDto {
      @ApiProperty()
      nick!: string;
    }
    @Controller('users')
    class UsersController {
      @Post()
      create(@Body() user: UserDto): UserDto {
        return user;
      }

      @Get()
      all(): string {
        return 'all';
      }
    }
    const { document } = await open({ host: { controllers: [UsersController] } });
    expect(document.components!.schemas!.UserDto).toMatchObject({ properties: { nick: { type: 'string' } } });
    expect(document.components!.schemas!.RealtimeUserDto).toMatchObject({ required: ['user_id'] });
    expect(operation(document, 'GET /users').responses).toEqual({ '200': expect.anything() as unknown });
    expect(operation(document, 'GET /users').security).toBeUndefined();
  });

  it('has no route that is switched off', async () => {
    const { document } = await open({ channels: { rest: false }, asyncapi: { serve: false } });
    expect(operations(document)).toEqual([]);
    expect(operations((await open()).document)).not.toEqual([]);
  });

  it('is served by @nestjs/swagger, also when it was made before the application started', async () => {
    const { app } = await realtime({
      configure: (host) => SwaggerModule.setup('docs', host, documentOf({ app: host })),
    });
    const { text } = await supertest(app.getHttpServer() as never)
      .get('/docs-json')
      .expect(200);
    expect(operations(JSON.parse(text) as OpenAPIObject)).toHaveLength(17);
  });
});
