import { AsyncApi } from '../../src/features/asyncapi';
import { CLOSE_CODES } from '../../src/protocol/close-codes';
import { decodeFrame } from '../../src/protocol/codec';
import { ERRORS } from '../../src/protocol/errors';
import { RESERVED_TYPES, ServerFrame } from '../../src/protocol/frames';
import { ReadAsyncApi } from '../support/asyncapi';
import { realtime, stopAll } from '../support/realtime';
import { ProtocolDocument } from './document';

/** The parser takes its time. */
jest.setTimeout(60_000);

const protocol = new ProtocolDocument();
let asyncApi: ReadAsyncApi;
/** Of a server that writes `task.created` as `task_created`. */
let snake: ReadAsyncApi;

beforeAll(async () => {
  asyncApi = new ReadAsyncApi((await realtime()).app.get(AsyncApi).document);
  snake = new ReadAsyncApi((await realtime({ events: { naming: 'snake' } })).app.get(AsyncApi).document);
});

afterAll(stopAll);

/** What stands between backticks. */
const names = (cell: string): string[] => Array.from(cell.matchAll(/`([a-z_]+)`/g), ([, name]) => name);
const sorted = (given: Iterable<string>): string[] => [...new Set(given)].sort();

/** Domain events are the application's own: any is `event`. */
const keyOf = (type: string): string => (RESERVED_TYPES.has(type) ? `server.${type}` : 'server.event');

describe('the AsyncAPI document', () => {
  it('is one to the parser of AsyncAPI', async () => {
    expect(await asyncApi.problems()).toEqual([]);
  });

  it('has the commands that PROTOCOL.md has', () => {
    const told = protocol.table('type').map(([type]) => names(type)[0]);
    expect(sorted(asyncApi.types('client'))).toEqual(sorted(told));
  });

  it('answers each command with what PROTOCOL.md says, or an error', () => {
    for (const [type, , replies] of protocol.table('type')) {
      const [command] = names(type);
      // What becomes of a bad token is told below the table.
      const more = command === 'authenticate' ? ['auth_failed', 'error'] : ['error'];
      expect([command, asyncApi.replies(command)]).toEqual([command, [...names(replies), ...more]]);
    }
  });

  it('has the frames of the server that PROTOCOL.md shows', () => {
    const shown = protocol.frames('receives').map((text) => keyOf((JSON.parse(text) as ServerFrame).type));
    expect(sorted(asyncApi.keys('server'))).toEqual(sorted(shown));
  });

  it('describes every frame of the server in PROTOCOL.md, down to the last key', () => {
    for (const text of protocol.frames('receives')) {
      const frame = JSON.parse(text) as ServerFrame;
      const told = keyOf(frame.type) === 'server.event' && !frame.type.includes('.') ? snake : asyncApi;
      expect([text, told.wrong(keyOf(frame.type), frame)]).toEqual([text, '']);
    }
  });

  it('takes every frame of a client in PROTOCOL.md, unless the server says it is not valid', () => {
    for (const { steps } of protocol.examples) {
      const refused = new Set(steps.flatMap((step) => (step.kind === 'receives' ? step.frames.flatMap(refusal) : [])));
      for (const text of steps.flatMap((step) => (step.kind === 'sends' ? step.frames : []))) {
        const frame = decoded(text);
        if (!frame || !asyncApi.types('client').includes(frame.type)) continue;
        const wrong = asyncApi.wrong(`client.${frame.type}`, JSON.parse(text));
        const told = refused.has(frame.message_id ?? '') || (wrong && refused.has(''));
        expect([text, Boolean(wrong)]).toEqual([text, Boolean(told) && !isTolerated(text)]);
      }
    }
  });

  it('has every error code and every close code', () => {
    const { code } = asyncApi.parts.components.messages['server.error'].payload.properties!.data.properties!;
    expect(code.enum).toEqual(Object.keys(ERRORS));
    expect(asyncApi.document['x-error-codes']).toEqual(ERRORS);
    const codes = asyncApi.document['x-close-codes'] as Record<string, { name: string; reconnect: boolean }>;
    expect(Object.entries(codes).map(([close, { name }]) => [name, Number(close)])).toEqual(
      Object.entries(CLOSE_CODES),
    );
    for (const [close, , , reconnect] of protocol.table('close')) {
      expect([close, codes[close].reconnect]).toEqual([close, reconnect.startsWith('yes')]);
    }
  });
});

/** What no JSON Schema here says: exactly one of three keys, and names that are taken. */
function isTolerated(text: string): boolean {
  return text.includes('"type":"subscription"') || text.includes('"event":"chat"');
}

/** The `reply_to` of an answer `validation_failed`; empty where it has none. */
function refusal(text: string): string[] {
  const { data, reply_to } = JSON.parse(text) as ServerFrame<string, { code?: string }>;
  return data.code === 'validation_failed' ? [reply_to ?? ''] : [];
}

function decoded(text: string) {
  try {
    return decodeFrame(text);
  } catch {
    return undefined;
  }
}
