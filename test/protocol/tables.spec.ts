import { Commands } from '../../src/gateway/commands/commands';
import { CLOSE_CODES, mayReconnect } from '../../src/protocol/close-codes';
import { ERRORS } from '../../src/protocol/errors';
import { RESERVED_TYPES } from '../../src/protocol/frames';
import { realtime, stopAll } from '../support/realtime';
import { ProtocolDocument } from './document';

afterEach(stopAll);

const protocol = new ProtocolDocument();

describe('the tables of PROTOCOL.md', () => {
  it('hold every error, and whether a retry can help', () => {
    const told = protocol.table('code').map(([code, , retryable]) => [name(code), retryable]);
    expect(told).toEqual(Object.entries(ERRORS).map(([code, { retryable }]) => [code, yesOrNo(retryable)]));
  });

  it('hold every close code, its name, and whether to reconnect', () => {
    const told = protocol.table('close').map(([code, reason, , reconnect]) => {
      return [Number(code), name(reason), /^(yes|no)\b/.exec(reconnect)?.[0]];
    });
    expect(told).toEqual(
      Object.entries(CLOSE_CODES).map(([reason, code]) => [code, reason, yesOrNo(mayReconnect(code))]),
    );
  });

  it('hold every command', async () => {
    const commands = [...(await realtime()).app.get(Commands).types];
    expect(protocol.table('type').map(([type]) => name(type))).toEqual(expect.arrayContaining(commands));
    expect(protocol.table('type')).toHaveLength(commands.length);
  });

  it('say of every command what its repetition does', async () => {
    const commands = (await realtime()).app.get(Commands);
    const told = protocol
      .table('command')
      .map(([types]) => names(types).map((type) => commands.find(type)?.idempotency));
    expect(told).toEqual([
      ['user', 'user', 'user', 'user'],
      ['connection', 'connection', 'connection'],
      ['none', 'none', 'none', 'none', 'none', 'none', 'none', 'none', 'none'],
    ]);
  });
});

describe('the names PROTOCOL.md reserves', () => {
  it('are all named in it', () => {
    expect(names(protocol.text)).toEqual(expect.arrayContaining([...RESERVED_TYPES]));
  });

  it('are no names for events', async () => {
    const { events } = await realtime({ events: { naming: 'snake' } });
    const taken = [...RESERVED_TYPES].filter((type) => type.includes('_')).map((type) => type.replaceAll('_', '.'));
    for (const type of taken) {
      await expect(events.emit(type, {}, { room: 'project:42' })).rejects.toMatchObject({ code: 'validation_failed' });
    }
  });
});

function name(cell: string): string {
  return cell.replaceAll('`', '');
}

/** What stands between backticks and could be the name of a type. */
function names(text: string): string[] {
  return Array.from(text.matchAll(/`([a-z_]+)`/g), ([, found]) => found);
}

function yesOrNo(yes: boolean): string {
  return yes ? 'yes' : 'no';
}
