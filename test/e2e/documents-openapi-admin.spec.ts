import { ChannelsService } from '../../src/features/chat';
import {
  DisconnectDto,
  DisconnectUserDto,
  DrainDto,
  MessageDto,
  RoomMessageDto,
  UserMessageDto,
} from '../../src/features/admin/action.dto';
import { FramePipe } from '../../src/gateway/validation/frame.pipe';
import { adminAs } from '../support/admin';
import { bodyOf, missingFrom, open, operation, operations, reader, refsIn, Schema, schemaOf } from '../support/openapi';
import { stopAll } from '../support/realtime';

afterEach(stopAll);

describe("a host's OpenAPI document with the admin API", () => {
  const ADMIN = '/api/v1/websocket';
  const DTOS = { drain: DrainDto, broadcast: MessageDto } as const;
  const MESSAGES = { rooms: RoomMessageDto, projects: RoomMessageDto, users: UserMessageDto } as const;
  const DISCONNECTS = { users: DisconnectUserDto, projects: DisconnectDto, connections: DisconnectDto } as const;
  const dtoOf = (what: string, last: string) => {
    if (last === 'message') return MESSAGES[what as keyof typeof MESSAGES];
    return last === 'disconnect' ? DISCONNECTS[what as keyof typeof DISCONNECTS] : DTOS[last as keyof typeof DTOS];
  };

  it('has every route of it, where it is, with what it takes and refuses', async () => {
    const { document } = await open({ admin: { prefix: '/ops' } });
    const ours = operations(document).filter(([name]) => name.includes(' /ops'));
    expect(ours.map(([name]) => name.replace('/ops/', '')).sort()).toEqual(
      [
        ...['connections', 'connections/count', 'users/{user}/connections/count'].map((path) => `GET ${path}`),
        ...[
          'projects/{project}/connections/count',
          'rooms',
          'rooms/{room}',
          'rooms/{room}/explain',
          'rooms/{room}/publications',
          'rooms/{room}/stats',
        ].map((path) => `GET ${path}`),
        ...['stats', 'metrics', 'audit'].map((path) => `GET ${path}`),
        ...['broadcast', 'drain', 'rooms/{room}/message', 'rooms/{room}/recheck'].map((path) => `POST ${path}`),
        ...['projects', 'users'].flatMap((what) => [
          `POST ${what}/{${what.slice(0, -1)}}/message`,
          `POST ${what}/{${what.slice(0, -1)}}/disconnect`,
        ]),
        'POST connections/{connection}/disconnect',
      ].sort(),
    );
    for (const [name, { summary, security, responses }] of ours) {
      expect([name, Boolean(summary), security]).toEqual([name, true, [{ bearer: [] }]]);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403', '404', '429', '503']));
    }
    const ids = operations(document).map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('requires of a body exactly what the server does', async () => {
    const { document } = await open({ admin: {} });
    const withBody = operations(document).filter(([name, each]) => each.requestBody && !name.includes('/channels'));
    expect(withBody).toHaveLength(8);
    for (const [name, told] of withBody) {
      const [, , , , what, , last = what] = name.split('/');
      const dto = dtoOf(what, last);
      const schema = document.components!.schemas![`Realtime${dto.name}`] as Schema;
      const missing = await missingFrom(new FramePipe<object>(dto));
      expect([name, bodyOf(told)]).toEqual([name, schemaOf(`Realtime${dto.name}`)]);
      expect([name, (schema.required ?? []).sort()]).toEqual([name, missing.sort()]);
    }
  });

  it('describes what the routes answer', async () => {
    const { server, document } = await open({ admin: {} });
    const check = reader(document);
    const admin = adminAs(server);
    const told = async (method: string, route: string, path: string, body?: unknown) => {
      const answer = await admin(method, path, body);
      const { content } = operation(document, `${method} ${ADMIN}${route}`).responses[answer.status];
      const isTold = check(content!['application/json'].schema);
      isTold(answer.body);
      expect([method, path, isTold.errors]).toEqual([method, path, null]);
      expect(answer.status).toBeLessThan(300);
    };
    const alice = await server.connect('alice');
    await alice.join('project:1');
    const said = { event: 'notice.given', data: {} };
    await told('POST', '/broadcast', '/broadcast', said);
    await told('POST', '/rooms/{room}/message', '/rooms/project:1/message', said);
    await told('POST', '/users/{user}/message', '/users/alice/message', said);
    await told('GET', '/connections/count', '/connections/count');
    await told('GET', '/connections', '/connections?limit=1');
    await told('GET', '/rooms', '/rooms');
    await told('GET', '/rooms/{room}', '/rooms/project:1');
    await told('GET', '/rooms/{room}/explain', '/rooms/project:1/explain?event=task.created&user=alice');
    await told('GET', '/rooms/{room}/publications', '/rooms/project:1/publications?limit=1');
    await server.app.get(ChannelsService).create({ userId: 'alice', roles: [] }, { id: 'den', name: 'Den' });
    await told('GET', '/rooms/{room}/stats', '/rooms/channel:den/stats');
    for (const path of ['/stats', '/metrics', '/audit']) await told('GET', path, path);
    await told('POST', '/users/{user}/disconnect', '/users/alice/disconnect', {});
    await told('POST', '/drain', '/drain', { node: 'this' });
  });

  it('is whole, whatever other applications in the process have', async () => {
    const [without, { document }] = [await open(), await open({ admin: {} })];
    const names = Object.keys(document.components!.schemas!);
    expect([...new Set(refsIn(document))].sort()).toEqual(names.map((name) => `#/components/schemas/${name}`).sort());
    expect(operations(without.document)).toHaveLength(17);
    expect(operations(document)).toHaveLength(38);
  });
});
