import fc from 'fast-check';
import { beginPublication, decodeFrame, encodeFrame, endPublication, isTypeName, MalformedFrame } from './codec';
import { MAX_DEPTH, MAX_FRAME_VALUES } from './frame-bounds';

const AT = '2026-01-02T03:04:05.678Z';

function refusal(text: string): { message: string; messageId?: string } {
  try {
    decodeFrame(text);
  } catch (error) {
    if (!(error instanceof MalformedFrame)) throw error;
    return { message: error.message, messageId: error.messageId };
  }
  throw new Error(`${text} was read`);
}

describe('decodeFrame', () => {
  it('reads type, data and message_id, and nothing else', () => {
    const text = '{"type":"chat","data":{"a":[1]},"message_id":"m-1","timestamp":"now","offset":7,"sender":"bob"}';
    expect(decodeFrame(text)).toEqual({ type: 'chat', data: { a: [1] }, message_id: 'm-1' });
    expect(decodeFrame(' {"type":"ping"}\n')).toEqual({ type: 'ping', data: undefined, message_id: undefined });
  });

  it('says what is wrong, with the message_id where that can be read', () => {
    expect(refusal('{')).toEqual({ message: 'The frame is not JSON.', messageId: undefined });
    expect(refusal('[]')).toEqual({ message: 'A frame is a JSON object, as {"type":"ping"}.', messageId: undefined });
    expect(refusal('{"message_id":"m-1"}')).toEqual({ message: '"type" must be a string.', messageId: 'm-1' });
    expect(refusal('{"message_id":"m 1"}')).toEqual({
      message: '"message_id" must be 1..64 characters of A-Za-z0-9_-.',
      messageId: undefined,
    });
  });

  it.each([
    ['before the data', (data: string) => `{"type":"chat","message_id":"m-1","data":${data}}`, 'm-1'],
    ['behind the data', (data: string) => `{"type":"chat","data":${data}, "message_id" : "m-1"}`, 'm-1'],
    ['twice, and the last one counts', (d: string) => `{"message_id":"m-0","data":${d},"message_id":"m-1"}`, 'm-1'],
    ['only in the data', (data: string) => `{"data":{"message_id":"m-1","x":${data}}}`, undefined],
    ['only in a text', (data: string) => `{"data":${data},"t":"\\"message_id\\":\\"m-1\\""}`, undefined],
    ['bad', (data: string) => `{"message_id":"m 1","data":${data}}`, undefined],
  ])('finds the message_id of a frame that is too much: %s', (_, frame, messageId) => {
    const tooMany = `[${'0,'.repeat(MAX_FRAME_VALUES)}0]`;
    const tooDeep = '['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH);
    for (const data of [tooMany, tooDeep]) expect(refusal(frame(data)).messageId).toBe(messageId);
  });

  it('takes no inherited type', () => {
    expect(refusal('{"__proto__":{"type":"ping"}}').message).toBe('"type" must be a string.');
  });

  it('counts levels as JSON has them: brackets in texts are none', () => {
    const nested = (depth: number) => `{"type":"ping","data":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(decodeFrame(nested(MAX_DEPTH - 1)).type).toBe('ping');
    expect(refusal(nested(MAX_DEPTH)).message).toBe('The frame is nested deeper than 64 levels.');
    const text = '[{"\\'.repeat(100);
    expect(decodeFrame(JSON.stringify({ type: 'ping', data: { text } })).data).toEqual({ text });
    expect(decodeFrame(JSON.stringify({ type: 'ping', data: { a: [[]], b: [[]], c: 'x'.repeat(64) } })).type).toBe(
      'ping',
    );
  });

  it('counts values as JSON has them: commas in texts are none, and an empty array or object is two', () => {
    const holding = (values: number, value: string) => {
      const data = `[${Array.from({ length: values }, () => value).join()}]`;
      return `{"type":"ping","data":${data}}`;
    };
    const most = MAX_FRAME_VALUES - 2;
    const tooMany = { message: 'The frame holds more than 10000 values.', messageId: undefined };
    expect(decodeFrame(holding(most, '1')).data).toHaveLength(most);
    expect(refusal(holding(most + 1, '1'))).toEqual(tooMany);
    expect(decodeFrame(holding(most, '","')).data).toHaveLength(most);
    expect(refusal(holding(most + 1, '","'))).toEqual(tooMany);
    expect(decodeFrame(holding(most / 2, '[]')).data).toHaveLength(most / 2);
    expect(refusal(holding(most / 2 + 1, '{ }'))).toEqual(tooMany);
    expect(refusal('['.repeat(MAX_FRAME_VALUES * 2)).message).toBe('The frame is nested deeper than 64 levels.');
    const prose = 'so, {so} [and], so on '.repeat(MAX_FRAME_VALUES);
    expect(decodeFrame(JSON.stringify({ type: 'ping', data: { prose } })).data).toEqual({ prose });
  });

  it('reads every JSON object with a type as JSON.parse does, and throws nothing else but MalformedFrame', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (json) => {
        const text = `{"type":"ping","data":${json}}`;
        expect(decodeFrame(text).data).toEqual((JSON.parse(text) as { data: unknown }).data);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(() => refusal(text)).not.toThrow();
      }),
    );
  });
});

describe('encodeFrame', () => {
  it('writes frames that read as what was meant', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)), (data, id) => {
        const replyTo = id ?? undefined;
        const frame = JSON.parse(encodeFrame('task.created', data, 'm1', AT, replyTo)) as object;
        expect(frame).toEqual({
          type: 'task.created',
          data: JSON.parse(JSON.stringify(data)) as unknown,
          message_id: 'm1',
          timestamp: AT,
          ...(replyTo === undefined ? {} : { reply_to: replyTo }),
        });
      }),
    );
  });

  it('refuses what is no JSON', () => {
    for (const data of [undefined, () => 1, Symbol('s'), { toJSON: () => undefined }, { n: 1n }]) {
      expect(() => encodeFrame('a', data, 'm1', AT)).toThrow(TypeError);
    }
  });
});

describe('beginPublication and endPublication', () => {
  it('make one frame together, with room and offset where there are any', () => {
    const whole = (room: string | undefined, offset: number | undefined) =>
      JSON.parse(beginPublication('a.b', { n: 1 }, 'm1', AT, room) + endPublication(offset)) as object;
    const frame = { type: 'a.b', data: { n: 1 }, message_id: 'm1', timestamp: AT };
    expect(whole('project:1', 7)).toEqual({ ...frame, room: 'project:1', offset: 7 });
    expect(whole('project:1', undefined)).toEqual({ ...frame, room: 'project:1' });
    expect(whole(undefined, undefined)).toEqual(frame);
    expect(whole('user:"\\\u2028', 1)).toEqual({ ...frame, room: 'user:"\\\u2028', offset: 1 });
  });
});

describe('isTypeName', () => {
  it('takes names that need no escaping', () => {
    for (const name of ['ping', 'task.created', 'a:b-c_D9', 'x'.repeat(100)]) expect(isTypeName(name)).toBe(true);
    for (const name of ['', '9a', 'a b', 'a"b', 'ä', 'a\n', 'x'.repeat(101), 7, null, ['ping']]) {
      expect(isTypeName(name)).toBe(false);
    }
  });
});
