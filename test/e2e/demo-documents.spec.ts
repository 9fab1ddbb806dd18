import type { AsyncApiDocument } from '../../src/features/asyncapi';
import { EVENT_SCHEMAS } from '../../src/demo/event-schemas';
import { ReadAsyncApi } from '../support/asyncapi';
import { demo, stopDemos } from '../support/demo';
import { tokenFor } from '../support/tokens';

/** The parser takes its time. */
jest.setTimeout(60_000);

afterEach(stopDemos);

describe("the demo's AsyncAPI document", () => {
  it('tells its events as they are sent', async () => {
    const { api, address, connect } = await demo();
    const response = await fetch(`http://${address}/api/v1/websocket/asyncapi.json`);
    const told = new ReadAsyncApi((await response.json()) as AsyncApiDocument);
    expect(await told.problems()).toEqual([]);

    const alice = api(tokenFor('alice'));
    const client = await connect('alice', ['project:1']);
    await alice.post('projects', { name: 'Second' });
    await alice.patch('projects/1', { name: 'Garden' });
    await alice.post('boards', { projectId: 1, name: 'Spring' });
    await alice.patch('boards/2', { name: 'Summer' });
    await alice.post('tasks', { projectId: 1, title: 'on no board' });
    await alice.patch('tasks/1', { boardId: 2, status: 'done', before: null });
    await alice.delete('tasks/1');
    await alice.delete('projects/1');
    await client.settled();
    const types = new Set(client.unread.map(({ type }) => type));
    expect([...types].sort()).toEqual(Object.keys(EVENT_SCHEMAS).sort());
    expect(client.unread.map((frame) => told.wrong(`server.${frame.type}`, frame)).join('')).toBe('');
    const [frame] = client.unread;
    expect(told.wrong(`server.${frame.type}`, { ...frame, data: { id: 1 } })).not.toBe('');
  });
});
