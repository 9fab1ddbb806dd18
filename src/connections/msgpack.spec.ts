import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { MalformedFrame } from '../protocol/codec';
import { MAX_DEPTH, MAX_FRAME_VALUES } from '../protocol/frame-bounds';
import { decodeMsgpackFrame } from './msgpack';
import { MsgpackReader } from './msgpack-reader';

const read = (bytes: Uint8Array | readonly number[]): unknown => new MsgpackReader(Buffer.from(bytes)).read();

function refusal(bytes: Uint8Array | readonly number[]): string {
  try {
    read(bytes);
  } catch (error) {
    if (!(error instanceof MalformedFrame)) throw error;
    return error.message;
  }
  throw new Error(`${Buffer.from(bytes).toString('hex')} was read`);
}

const repeated = (byte: number, times: number): number[] => Array.from({ length: times }, () => byte);

const TOO_MANY = `The frame holds more than ${MAX_FRAME_VALUES} values.`;
const NOT_MSGPACK = 'The frame is not MessagePack.';
const NOT_JSON = 'The frame holds what JSON cannot.';

describe('MsgpackReader', () => {
  it('reads what JSON can hold as it was written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), (value) => {
        // The encoder writes lone surrogates as bytes that are not UTF-8; -0 it writes as 0.
        fc.pre(JSON.stringify(value).toWellFormed() === JSON.stringify(value));
        expect(JSON.stringify(read(encode(value)))).toBe(JSON.stringify(value));
      }),
    );
  });

  it.each([
    ['a positive fixint', [0x7f], 127],
    ['a negative fixint', [0xe0], -32],
    ['uint 8', [0xcc, 0xff], 255],
    ['uint 16', [0xcd, 0xff, 0xff], 65_535],
    ['uint 32', [0xce, 0xff, 0xff, 0xff, 0xff], 4_294_967_295],
    ['uint 64', [0xcf, 0, 0, 0, 1, 0, 0, 0, 0], 4_294_967_296],
    ['int 8', [0xd0, 0x80], -128],
    ['int 16', [0xd1, 0x80, 0], -32_768],
    ['int 32', [0xd2, 0x80, 0, 0, 0], -2_147_483_648],
    ['int 64', [0xd3, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0], -8_589_934_592],
    ['float 32', [0xca, 0x3f, 0xc0, 0, 0], 1.5],
    ['float 64', [0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], 1.5],
    ['nil', [0xc0], null],
    ['false', [0xc2], false],
    ['true', [0xc3], true],
    ['str 8', [0xd9, 1, 0x61], 'a'],
    ['str 16', [0xda, 0, 1, 0x61], 'a'],
    ['str 32', [0xdb, 0, 0, 0, 1, 0x61], 'a'],
    ['array 16', [0xdc, 0, 1, 1], [1]],
    ['array 32', [0xdd, 0, 0, 0, 1, 1], [1]],
    ['map 16', [0xde, 0, 1, 0xa1, 0x61, 1], { a: 1 }],
    ['map 32', [0xdf, 0, 0, 0, 1, 0xd9, 1, 0x61, 1], { a: 1 }],
    ['a replacement character that was sent', [0xa3, 0xef, 0xbf, 0xbd], '\ufffd'],
  ])('reads %s as the reference does', (_name, bytes, value) => {
    expect(read(bytes)).toEqual(value);
    expect(decode(bytes)).toEqual(value);
  });

  it('takes keys that every object has as keys, as JSON does', () => {
    const bytes = [0x81, 0xa9, ...Buffer.from('__proto__'), 0x81, 0xa1, 0x61, 1];
    expect(JSON.stringify(read(bytes))).toBe('{"__proto__":{"a":1}}');
    expect(Object.getPrototypeOf(read(bytes))).toBe(Object.prototype);
  });

  it.each([
    ['nothing', [], NOT_MSGPACK],
    ['a byte that is never used', [0xc1], NOT_MSGPACK],
    ['two values', [1, 1], NOT_MSGPACK],
    ['a text that is cut off', [0xa2, 0x61], NOT_MSGPACK],
    ['a text of 4 GiB', [0xdb, 0xff, 0xff, 0xff, 0xff, 0x61], NOT_MSGPACK],
    ['a number that is cut off', [0xcd, 1], NOT_MSGPACK],
    ['an array of less than it says', [0x92, 1], NOT_MSGPACK],
    ['an object of less than it says', [0x82, 0xa1, 0x61, 1], NOT_MSGPACK],
    ['a text that is no UTF-8', [0xa1, 0xff], NOT_MSGPACK],
    ['an array of 33,554,431', [0xdd, 1, 0xff, 0xff, 0xff], TOO_MANY],
    ['an object of 4,294,967,295', [0xdf, 0xff, 0xff, 0xff, 0xff], TOO_MANY],
    ['many empty arrays', [0xdc, 0x13, 0x89, ...repeated(0x90, 5001)], TOO_MANY],
    ['a key that is a number', [0x81, 1, 1], NOT_JSON],
    ['a key that is an array', [0x81, 0x90, 1], NOT_JSON],
    ['a number that is not finite', [0xca, 0x7f, 0x80, 0, 0], NOT_JSON],
    ['bin', [0xc4, 1, 1], NOT_JSON],
    ['ext', [0xc7, 1, 1, 1], NOT_JSON],
    ['fixext, a date', [0xd6, 0xff, 0, 0, 0, 0], NOT_JSON],
    ['64 levels and one more', [...repeated(0x91, MAX_DEPTH), 0x90], 'The frame is nested deeper than 64 levels.'],
  ])('refuses %s', (_name, bytes, message) => {
    expect(refusal(bytes)).toBe(message);
  });

  it('takes as many levels and values as JSON does', () => {
    expect(read([...repeated(0x91, MAX_DEPTH - 1), 0x90])).toEqual(JSON.parse(`${'['.repeat(64)}${']'.repeat(64)}`));
    const values = repeated(1, MAX_FRAME_VALUES);
    expect(read([0xdc, 0x27, 0x10, ...values])).toEqual(values);
  });
});

describe('decodeMsgpackFrame', () => {
  it('reads a frame, if it is not too long as JSON', () => {
    const frame = { type: 'chat', data: { text: '\0'.repeat(100) }, message_id: 'm-1' };
    const { length } = JSON.stringify(frame);
    expect(decodeMsgpackFrame(Buffer.from(encode(frame)), length)).toEqual(frame);
    expect(() => decodeMsgpackFrame(Buffer.from(encode(frame)), length - 1)).toThrow(
      new MalformedFrame(`As JSON the frame would be longer than ${length - 1} bytes.`),
    );
  });

  it('says the message_id of a frame that is refused, where it came before what is wrong', () => {
    const refused = (frame: object): unknown => {
      try {
        return decodeMsgpackFrame(Buffer.from(encode(frame, { maxDepth: 200 })), 1e6);
      } catch (error) {
        return (error as MalformedFrame).messageId;
      }
    };
    const data = Array.from({ length: MAX_FRAME_VALUES + 1 }, () => 1);
    expect(refused({ type: 'chat', message_id: 'm-1', data })).toBe('m-1');
    expect(refused({ type: 'chat', message_id: 'm 1', data })).toBeUndefined();
    expect(refused({ type: 'chat', data: { message_id: 'm-1', data } })).toBeUndefined();
    expect(refused({ type: 'chat', data, message_id: 'm-1' })).toBeUndefined();
  });
});
