import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Commands } from '../../src/gateway/commands/commands';
import { beginPublication, decodeFrame, encodeFrame, endPublication } from '../../src/protocol/codec';
import { RESERVED_TYPES, ServerFrame } from '../../src/protocol/frames';
import { realtime, stopAll } from '../support/realtime';
import { Example, ProtocolDocument } from './document';
import { Session } from './session';

afterEach(stopAll);

/** More than a client's patience, whose complaint says what came instead. */
const TIMEOUT_MS = 10_000;

const protocol = new ProtocolDocument();

describe('the examples of PROTOCOL.md', () => {
  it.each(protocol.examples)('happen as told: $title', (example) => Session.play(example), TIMEOUT_MS);

  it('hold every frame there is in the document', () => {
    const told = protocol.examples.flatMap(({ steps }) => steps.filter(({ kind }) => kind !== 'does'));
    expect(told).toHaveLength(protocol.blocks);
  });

  it('have frames of clients that decode, and others that are answered invalid_message', () => {
    for (const example of protocol.examples) {
      const malformed = framesOf(example, 'sends').filter((text) => !decodes(text));
      const refused = framesOf(example, 'receives').filter((text) => text.includes('"code":"invalid_message"'));
      expect(malformed).toHaveLength(refused.length);
    }
  });

  it('have frames of the server exactly as it encodes them', () => {
    for (const text of protocol.frames('receives')) expect(encode(JSON.parse(text) as ServerFrame)).toBe(text);
  });

  it('show every type the server sends', () => {
    expect(protocol.frames('receives').map(typeOf)).toEqual(expect.arrayContaining(serverTypes()));
  });

  it('show every command', async () => {
    const commands = [...(await realtime()).app.get(Commands).types];
    expect(protocol.frames('sends').map(typeOf)).toEqual(expect.arrayContaining(commands));
    expect(commands).toHaveLength(16);
  });
});

function framesOf({ steps }: Example, kind: 'sends' | 'receives'): string[] {
  return steps.flatMap((step) => (step.kind === kind ? step.frames : []));
}

function typeOf(text: string): unknown {
  return (JSON.parse(text) as { type?: unknown } | null)?.type;
}

function decodes(text: string): boolean {
  try {
    return Boolean(decodeFrame(text));
  } catch {
    return false;
  }
}

function encode({ type, data, message_id, timestamp, reply_to, room, user, offset }: ServerFrame): string {
  if (reply_to !== undefined) return encodeFrame(type, data, message_id, timestamp, reply_to);
  return beginPublication(type, data, message_id, timestamp, room, user) + endPublication(offset);
}

/** The keys of `ServerFrameData`, which is gone at run time. */
function serverTypes(): string[] {
  const source = readFileSync(join(__dirname, '../../src/protocol/frames.ts'), 'utf8');
  const [, body] = /^export interface ServerFrameData \{$(.*?)^\}$/ms.exec(source)!;
  const types = Array.from(body.matchAll(/^ {2}(\w+): /gm), ([, type]) => type);
  expect(types).toContain('error');
  expect([...RESERVED_TYPES]).toEqual(expect.arrayContaining(types));
  return types;
}
