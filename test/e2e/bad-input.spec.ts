import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Type } from 'class-transformer';
import { IsArray, IsString, ValidateNested } from 'class-validator';
import { RealtimeGateway } from '../../src';
import type { TestClient } from '../support/client';
import { pulseDuring } from '../support/pulse';
import { realtime, RealtimeTestOptions, stopAll } from '../support/realtime';

afterEach(stopAll);

const KIB = 1024;
const MAX = 512 * KIB;
const patient: RealtimeTestOptions = { errorBudget: { malformedFrames: 1e6 } };

/** `head`, as many `item`s as fit into `size` bytes, `tail`. */
function filled(head: string, item: (i: number) => string, tail: string, size = MAX): string {
  const parts: string[] = [];
  for (let length = head.length + tail.length, i = 0; ; i++) {
    length += item(i).length + 1;
    if (length > size) return head + parts.join(',') + tail;
    parts.push(item(i));
  }
}

async function errorFor(client: TestClient, frame: string) {
  client.raw(frame);
  const { data, reply_to } = await client.next('error');
  return { code: data.code, message: data.message, reply_to, details: data.details };
}

class LineDto {
  @IsString()
  text!: string;
}

class DrawingDto {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => LineDto)
  lines!: LineDto[];
}

@RealtimeGateway()
class DrawingGateway {
  @SubscribeMessage('draw')
  draw(@MessageBody() { lines }: DrawingDto) {
    return { lines: lines.length };
  }
}

describe('a frame that is no frame', () => {
  const frames: [what: string, frame: string][] = [
    ['nothing', ''],
    ['a half', '{"type":"ping"'],
    ['two in one', '{"type":"ping"}{"type":"ping"}'],
    ['a word', 'undefined'],
    ['a byte order mark', '\ufeff{"type":"ping"}'],
    ['U+0000', '\0'],
    ['null', 'null'],
    ['a number', '1'],
    ['a text', '"ping"'],
    ['a list', '[{"type":"ping"}]'],
    ['no type', '{}'],
    ['a type that is inherited', '{"__proto__":{"type":"ping"}}'],
    ['a type that is a number', '{"type":1}'],
    ['a type that is null', '{"type":null}'],
    ['a type that is a list', '{"type":["ping"]}'],
    ['an empty message_id', '{"type":"ping","message_id":""}'],
    ['a message_id that is too long', `{"type":"ping","message_id":"${'x'.repeat(65)}"}`],
    ['a message_id with other characters', '{"type":"ping","message_id":"a b"}'],
    ['a message_id with a line feed', '{"type":"ping","message_id":"a\\n"}'],
    ['a message_id that is a number', '{"type":"ping","message_id":1}'],
    ['a message_id that is null', '{"type":"ping","message_id":null}'],
    ['a message_id that is a list', '{"type":"ping","message_id":["a"]}'],
    ['100,000 lists in each other', `{"type":"ping","data":{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}}`],
    ['100,000 objects in each other', `{"type":"echo","data":${'{"":'.repeat(1e5)}1${'}'.repeat(1e5)}}`],
    ['100,000 lists that do not end', '['.repeat(1e5)],
  ];

  it('is answered invalid_message, and nothing else happens', async () => {
    const { connect, log } = await realtime(patient);
    const alice = await connect('alice');
    for (const [what, frame] of frames) {
      const { code, reply_to } = await errorFor(alice, frame);
      expect([what, code, reply_to]).toEqual([what, 'invalid_message', undefined]);
      await alice.settled();
    }
    expect(alice.unread).toEqual([]);
    expect(log.of('error')).toEqual([]);
  });

  it('is answered with the message_id that can be read', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    const error = await errorFor(alice, '{"type":7,"message_id":"m-7"}');
    expect(error).toMatchObject({ code: 'invalid_message', message: '"type" must be a string.', reply_to: 'm-7' });
  });

  it('takes 64 levels, the longest message_id, and brackets in texts', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as object;
    expect((await alice.request('echo', { a: nested(62) })).data).toEqual({ a: nested(62) });
    expect((await errorFor(alice, JSON.stringify({ type: 'echo', data: { a: nested(63) } }))).code).toBe(
      'invalid_message',
    );
    const text = `\\" ${'[{'.repeat(1000)}`;
    const longest = 'Az09_-'.padEnd(64, 'x');
    expect(await alice.request('echo', { text }, longest)).toMatchObject({ data: { text }, reply_to: longest });
  });
});

describe('data that does not fit', () => {
  it('is answered validation_failed when it is no object, whatever the command', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    for (const [data, what] of [
      [[], 'an array'],
      ['x', 'a string'],
      [1, 'a number'],
      [false, 'a boolean'],
    ] as const) {
      for (const type of ['ping', 'echo', 'status', 'chat', 'join_room', 'authenticate']) {
        expect(await alice.refusal(type, data)).toMatchObject({
          code: 'validation_failed',
          details: [{ field: '', message: `data must be an object, got ${what}` }],
        });
      }
    }
  });

  it('is refused with keys that every object has, at every level, and comes back in an echo as it was', async () => {
    const { connect, log } = await realtime();
    const alice = await connect('alice');
    const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
    for (const key of keys) {
      const evil = `"${key}":{"admin":true,"length":1e9}`;
      const frames = {
        [key]: `{"type":"join_room","data":{"room":"lobby",${evil}}}`,
        [`since.${key}`]: `{"type":"join_room","data":{"room":"lobby","since":{"epoch":"e","offset":0,${evil}}}}`,
      };
      for (const [field, frame] of Object.entries(frames)) {
        const { code, details } = await errorFor(alice, frame);
        expect([code, details]).toEqual(['validation_failed', [{ field, message: 'is not a known field' }]]);
      }
      alice.raw(`{"type":"echo","message_id":"e-1",${evil},"data":{${evil},"a":[{${evil}}]}}`);
      expect(JSON.stringify((await alice.next('echo')).data)).toBe(
        `{${evil.replace('1e9', '1000000000')},"a":[{${evil.replace('1e9', '1000000000')}}]}`,
      );
    }
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect((await alice.request<'status'>('status')).data.rooms).toEqual([]);
    expect(log.of('error')).toEqual([]);
  });

  it('is answered validation_failed when it is of the wrong type', async () => {
    const { connect, log } = await realtime();
    const alice = await connect('alice');
    await alice.join('lobby');
    const wrong: [string, object, string][] = [
      ['join_room', {}, 'room'],
      ['join_room', { room: null }, 'room'],
      ['join_room', { room: ['lobby'] }, 'room'],
      ['join_room', { room: 'x'.repeat(201) }, 'room'],
      ['join_room', { room: 'lobby', since: [] }, 'since'],
      ['join_room', { room: 'lobby', since: { epoch: 1, offset: 0 } }, 'since.epoch'],
      ['join_room', { room: 'lobby', since: { epoch: 'e', offset: -1 } }, 'since.offset'],
      ['join_room', { room: 'lobby', since: { epoch: 'e', offset: 1.5 } }, 'since.offset'],
      ['chat', { room: 'lobby' }, 'text'],
      ['chat', { room: 'lobby', text: 7 }, 'text'],
      ['chat', { room: 'lobby', text: { length: 5 } }, 'text'],
      ['chat', { room: 'lobby', text: ' \n\t ' }, 'text'],
      ['chat', { room: 'lobby', text: 'x'.repeat(4001) }, 'text'],
      ['chat', { room: 'lobby', text: 'a\0b' }, 'text'],
      ['chat', { room: 'lobby', text: 'a\ud800b' }, 'text'],
      ['chat', { room: 'lobby', text: '\udc00' }, 'text'],
      ['subscription', { action: 'subscribe', project_id: [1] }, 'project_id'],
      ['broadcast', { room: 'lobby', event: 'a.b', data: [] }, 'data'],
      ['history', { room: 'lobby', limit: '5' }, 'limit'],
    ];
    for (const [type, data, field] of wrong) {
      const { code, details } = await alice.refusal(type, data);
      expect([type, code, details?.[0].field]).toEqual([type, 'validation_failed', field]);
    }
    expect((await alice.request('chat', { room: 'lobby', text: 'x'.repeat(4000) })).type).toBe('ack');
    expect((await alice.request('chat', { room: 'lobby', text: '💥'.repeat(2000) })).type).toBe('ack');
    expect(log.of('error')).toEqual([]);
  });

  it('is answered with a short error, however much of it does not fit', async () => {
    const { connect } = await realtime({ host: { providers: [DrawingGateway] } });
    const alice = await connect('alice');
    const key = 'k'.repeat(500 * KIB);
    const { code, details } = await errorFor(alice, `{"type":"join_room","data":{"${key}":1}}`);
    expect([code, details]).toEqual([
      'validation_failed',
      [{ field: key.slice(0, 100), message: 'is not a known field' }],
    ]);
    const lines = Array.from({ length: 400 }, () => ({}));
    expect((await alice.refusal('draw', { lines })).details).toHaveLength(20);
    expect((await alice.request('draw', { lines: lines.map(() => ({ text: '' })) })).data).toEqual({ lines: 400 });
  });
});

const key = (i: number): string => `"k${i.toString(36)}":0`;

/** As many values as a frame may hold, and a command may not. */
const SOME = 12 * KIB;

/** Frames that are cheap to send; to check them value by value would stop the process for seconds. */
const expensive = (size: number): [code: string, frame: string][] => [
  ['payload_too_large', filled('{"type":"join_room","data":{"room":"a","since":[', () => '{}', ']}}', SOME)],
  ['payload_too_large', filled('{"type":"join_room","data":{"room":"a","since":{', key, '}}}', SOME)],
  ['payload_too_large', filled('{"type":"join_room","data":{"room":[', () => '[]', ']}}', SOME)],
  ['payload_too_large', filled('{"type":"subscription","data":{', key, '}}', SOME)],
  ['payload_too_large', filled('{"type":"draw","data":{"lines":[', () => '{}', ']}}', SOME)],
  ['invalid_message', filled('{"type":"echo","data":{', key, '}}', size)],
  ['invalid_message', filled('{"type":"draw","data":{"lines":[', () => '[]', ']}}', size)],
  ['invalid_message', filled('{"type":"ping","data":{"a":[', () => '[', ']}}', size)],
  ['invalid_message', filled('[', () => '{"type":"ping"}', ']', size)],
  ['unknown_type', `{"type":"${'t'.repeat(size - 50)}"}`],
];

describe('a big frame', () => {
  it('gets a short answer, whatever it is made of', async () => {
    const { connect, log } = await realtime({ ...patient, host: { providers: [DrawingGateway] } });
    const alice = await connect('alice');
    for (const [code, frame] of expensive(MAX)) {
      const error = await errorFor(alice, frame);
      expect(error.code).toBe(code);
      expect(JSON.stringify(error).length).toBeLessThan(500);
    }
    expect(log.of('error')).toEqual([]);
  });

  it('is carried through as it is where its content is free', async () => {
    const { connect } = await realtime({ clientEvents: ['a.b'] });
    const alice = await connect('alice');
    await alice.join('a');
    const long = (i: number): string => `"k${i}":${JSON.stringify({ text: 'x'.repeat(100) })}`;
    const data = filled('{', long, '}', MAX - 1000);
    alice.raw(`{"type":"echo","data":${data}}`);
    // Compared as one truth: half a megabyte would be no help in a report.
    expect(JSON.stringify((await alice.next('echo')).data) === data).toBe(true);
    alice.raw(`{"type":"broadcast","data":{"room":"a","event":"a.b","data":${data}}}`);
    expect(JSON.stringify((await alice.next('a.b')).data) === data).toBe(true);
  });

  it('is nothing the neighbours notice', async () => {
    const { connect } = await realtime({ ...patient, host: { providers: [DrawingGateway] } });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    const frames = expensive(128 * KIB);
    const attack = async (): Promise<void> => {
      for (const [, frame] of frames) await errorFor(alice, frame);
    };
    expect(await pulseDuring(bob, attack)).toBeLessThan(100);
  });
});
