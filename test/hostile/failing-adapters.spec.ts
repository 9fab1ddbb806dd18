import { throwError } from 'rxjs';
import { Audit } from '../../src/features/audit';
import { Backplane, MemoryBackplane, Nodes, ReplyStore, RoomPolicy, Storage, UserLimits } from '../../src';
import { PresenceStore } from '../../src/features/presence';
import type { RealtimeTestOptions } from '../support/realtime';
import { realtime, stopAll } from '../support/realtime';

const ROOM = 'project:1';
const escaped: unknown[] = [];
const note = (error: unknown): void => void escaped.push(error);

beforeAll(() => void process.on('uncaughtException', note).on('unhandledRejection', note));

afterEach(async () => {
  await stopAll();
  // What a timer would throw, and what is rejected unheard, shows in the next turns.
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(escaped.splice(0)).toEqual([]);
});

afterAll(() => void process.off('uncaughtException', note).off('unhandledRejection', note));

function broken(): never {
  throw new Error('the adapter is broken');
}

/** How an adapter may fail: at once, or as one that is asynchronous where its port is not. */
const FAILURES: [string, () => never][] = [
  ['throws', broken],
  [
    'rejects',
    async function rejects() {
      broken();
    } as unknown as () => never,
  ],
];

class BrokenPresence extends PresenceStore {
  override readonly changes = throwError(broken);

  constructor(private readonly fail: () => never) {
    super();
  }

  override configure(): void {}
  override join(): void {
    return this.fail();
  }
  override leave(): void {
    return this.fail();
  }
  override members(): never {
    return this.fail();
  }
}

/** Delivers nothing and fails in all but what a join needs. */
class BrokenBackplane extends MemoryBackplane {
  override readonly state = throwError(broken);

  constructor(private readonly fail: () => never) {
    super();
  }

  override publish(): never {
    return this.fail();
  }
  override unsubscribe(): never {
    return this.fail();
  }
  override page(): never {
    return this.fail();
  }
}

class SilentBackplane extends MemoryBackplane {
  constructor(private readonly fail: () => never) {
    super();
  }

  override readonly deliveries = throwError(broken) as Backplane['deliveries'];
  override readonly resets = throwError(broken) as Backplane['resets'];

  override unsubscribe(): never {
    return this.fail();
  }
}

class BrokenReplies extends ReplyStore {
  constructor(private readonly fail: () => never) {
    super();
  }

  override claim(): undefined {}
  override keep(): void {
    return this.fail();
  }
  override release(): void {
    return this.fail();
  }
  override executionId(): string {
    return this.fail();
  }
}

class BrokenLimits extends UserLimits {
  constructor(private readonly fail: () => never) {
    super();
  }

  override spend(): never {
    return this.fail();
  }
}

class BrokenNodes extends Nodes {
  override readonly name = 'broken';
  override readonly gaps = throwError(broken);

  constructor(private readonly fail: () => never) {
    super();
  }

  override ask(): never {
    return this.fail();
  }
  override tell(): void {
    return this.fail();
  }
  override list(): never {
    return this.fail();
  }
}

class BrokenAudit extends Audit {
  constructor(private readonly fail: () => never) {
    super();
  }

  override record(): void {
    return this.fail();
  }
}

class BrokenModerators extends RoomPolicy {
  constructor(private readonly fail: () => never) {
    super();
  }

  override can(): boolean {
    return true;
  }
  override moderates(): never {
    return this.fail();
  }
}

/** Boots, and fails in all that is read and written. */
class BrokenStorage extends Storage {
  override readonly place = 'a broken database';

  constructor(private readonly fail: () => never) {
    super();
  }

  override get db(): never {
    return broken();
  }
  override write(): never {
    return this.fail();
  }
  override ping(): never {
    return this.fail();
  }
  override async migrate(): Promise<readonly string[]> {
    return [];
  }
  override async close(): Promise<void> {}
}

type Attack = [command: string, data: unknown, reply: string, code?: string];

const join: Attack = ['join_room', { room: ROOM }, 'room_joined'];
const leave: Attack = ['leave_room', { room: ROOM }, 'room_left'];
const chat: Attack = ['chat', { room: ROOM, text: 'hello' }, 'ack'];
const refused = ([command, data]: Attack, code = 'processing_error'): Attack => [command, data, 'error', code];
const presence: Attack = ['presence', { room: ROOM }, 'presence'];
const history: Attack = ['history', { room: ROOM }, 'history'];

type Make = (fail: () => never) => Partial<RealtimeTestOptions>;

/** With each broken adapter, what a member does and how it is answered. */
const BROKEN: [string, Make, Attack[]][] = [
  ['presence store', (fail) => ({ presence: { store: new BrokenPresence(fail) } }), [join, refused(presence), leave]],
  ['backplane', (fail) => ({ backplane: new BrokenBackplane(fail) }), [join, refused(history), leave]],
  ['backplane whose deliveries end', (fail) => ({ backplane: new SilentBackplane(fail) }), [join, chat, leave]],
  [
    'reply store',
    (fail) => ({ replies: new BrokenReplies(fail) }),
    [join, refused(['chat', { room: 'nowhere:1' }, 'ack'], 'not_member')],
  ],
  [
    'user limits',
    (fail) => ({ userLimits: new BrokenLimits(fail), rateLimit: { perUser: { perSecond: 10, burst: 10 } } }),
    [refused(join)],
  ],
  [
    'database',
    (fail) => ({ storage: new BrokenStorage(fail) }),
    [join, refused(chat), refused(['chat_history', { room: ROOM }, 'chat_history']), presence, leave],
  ],
  ['adapter for nodes', (fail) => ({ nodes: new BrokenNodes(fail) }), [join, chat, leave]],
  ['audit sink', (fail) => ({ audit: { sink: new BrokenAudit(fail) } }), [join, chat, leave]],
  [
    'policy that moderates',
    (fail) => ({ policy: new BrokenModerators(fail) }),
    [join, chat, refused(['chat_delete', { room: ROOM, id: 'x'.repeat(21) }, 'ack'])],
  ],
];

const CASES = BROKEN.flatMap(([adapter, make, attacks]) =>
  FAILURES.map(([how, fail]) => [adapter, how, make(fail), attacks] as const),
);

it.each(CASES)('a %s that %s costs a command, and nobody the connection', async (_adapter, _how, options, attacks) => {
  const { connect } = await realtime(options);
  const [alice, victim] = [await connect('alice'), await connect('victim')];
  for (const [command, data, type, code] of attacks) {
    const reply = await alice.request(command, data);
    expect([command, reply.type, (reply.data as { code?: string }).code]).toEqual([command, type, code]);
  }
  await alice.close();
  expect(victim.connected).toBe(true);
  expect(escaped).toEqual([]);
});
