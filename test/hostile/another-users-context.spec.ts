import { CanActivate, ExecutionContext, INestApplication, Type, UseGuards } from '@nestjs/common';
import { ConnectedSocket, SubscribeMessage } from '@nestjs/websockets';
import { trace } from '@opentelemetry/api';
import { ClsGuard, ClsModule, ClsService } from 'nestjs-cls';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Connection,
  EventsService,
  Identity,
  MemoryBackplane,
  Publication,
  RealtimeGateway,
  RoomPolicy,
  RoomsService,
  Storage,
} from '../../src';
import type { TestClient } from '../support/client';
import { Gate } from '../support/gate';
import { realtime, stopAll } from '../support/realtime';
import { startTracing, stopTracing } from '../support/tracing';
import { until } from '../support/until';

afterEach(stopAll);

const COMMANDS = 40;
const ROOM = 'project:1';
const users = new AsyncLocalStorage<string>();

/** Whose context each step ran in, by what it was for. */
class Steps {
  readonly seen: Record<string, (string | undefined)[]> = {};

  note(step: string): void {
    (this.seen[step] ??= []).push(users.getStore());
  }
}

/** Runs what alice sends in her context. */
@RealtimeGateway()
class ContextGateway {
  readonly steps = new Steps();
  readonly gate = new Gate();

  constructor(
    private readonly events: EventsService,
    private readonly rooms: RoomsService,
    private readonly storage: Storage,
  ) {}

  handleConnection({ userId }: Connection): void {
    this.steps.note(`connect ${userId}`);
  }

  handleDisconnect({ userId }: Connection): void {
    this.steps.note(`disconnect ${userId}`);
  }

  @SubscribeMessage('who_am_i')
  whoAmI(): object {
    return { context: users.getStore() ?? 'none' };
  }

  /** Enters a context and never leaves it. */
  @SubscribeMessage('enter')
  enter(@ConnectedSocket() { userId }: Connection): void {
    users.enterWith(userId!);
  }

  /** Speaks as soon as the gate is open, so that hers is the turn in which others are written to. */
  @SubscribeMessage('speak')
  speak(): Promise<void> {
    return users.run('alice', async () => {
      await this.gate.pass();
      await this.events.emit('task.updated', {}, { room: ROOM });
    });
  }

  @SubscribeMessage('recheck')
  recheck(): Promise<unknown> {
    return users.run('alice', () => this.rooms.recheck({ user: 'bob' }));
  }

  @SubscribeMessage('write')
  async write(@ConnectedSocket() { userId }: Connection): Promise<object> {
    const write = () => this.storage.write(async () => users.getStore());
    return { context: await users.run(userId!, write) };
  }
}

/** Asked about bob's join it opens the gate, and waits: alice goes on, and what both are sent leaves in one turn. */
class GatePolicy extends RoomPolicy {
  gate: Gate | undefined;

  readonly steps = new Steps();

  override async can({ userId }: Identity): Promise<boolean> {
    this.steps.note(userId);
    if (userId === 'bob') this.gate?.open();
    return true;
  }
}

async function contexts(client: TestClient, count = COMMANDS): Promise<unknown[]> {
  const replies = await Promise.all(Array.from({ length: count }, () => client.request('who_am_i')));
  return replies.map(({ data }) => (data as { context: unknown }).context);
}

const none = Array.from({ length: COMMANDS }, () => 'none');

async function withGateway(options: Parameters<typeof realtime>[0] = {}) {
  const server = await realtime({ ...options, host: { providers: [ContextGateway] } });
  return { ...server, gateway: server.app.get(ContextGateway) };
}

/**
 * Bob resumes with a replay that his socket does not take at once, and the commands he sends wait for its end. Alice
 * speaks in her context when he resumes: she schedules the turn in which it is written, and the end of that write goes on
 * with his commands.
 */
async function behindTheTurnOfAlice(command: string, gateway: Type<{ gate: Gate }>): Promise<object[]> {
  const policy = new GatePolicy();
  const { connect, connections, events, app } = await realtime({
    policy,
    history: { maxBytes: 64 * 1024 * 1024 },
    host: { providers: [gateway] },
  });
  const { gate } = app.get(gateway);
  const [alice, bob] = [await connect('alice'), await connect('bob')];
  const since = await bob.join(ROOM);
  for (let i = 0; i < 250; i++) await events.emit('task.created', { text: 'x'.repeat(60_000) }, { room: ROOM });
  await bob.settled();
  const spoken = alice.request('speak');
  await until(() => gate.arrived === 1, 'alice at the gate');

  const [own] = connections.ofUser('bob');
  policy.gate = gate;
  bob.pauseReading();
  bob.send('join_room', { room: ROOM, since: { epoch: since.epoch, offset: since.offset } });
  await until(() => own.outbox.replaying, 'a replay');
  const before = own.messagesReceived;
  const replies = none.map(() => bob.request(command));
  await until(() => own.messagesReceived > before, 'his commands');
  bob.resumeReading();
  const answered = await Promise.all(replies);
  await spoken;
  return answered.map(({ data }) => data as object);
}

it('commands that a write in the turn of another user lets go on do not run as that user', async () => {
  const replies = await behindTheTurnOfAlice('who_am_i', ContextGateway);
  expect(replies).toEqual(none.map((context) => ({ context })));
});

it('what a handler enters is not there for the next command, of whomever', async () => {
  const { connect } = await withGateway();
  const [alice, bob] = [await connect('alice'), await connect('bob')];
  for (let i = 0; i < 5; i++) await alice.request('enter');
  expect(await contexts(alice)).toEqual(none);
  expect(await contexts(bob)).toEqual(none);
});

it('an upgrade, the hooks of a connection and its commands see no context of a request before it', async () => {
  const { connect, app, gateway } = await withGateway();
  (app.getHttpServer() as NodeJS.EventEmitter).prependListener('upgrade', () => users.enterWith('a proxy'));
  const bob = await connect('bob');
  expect(await contexts(bob, 3)).toEqual(['none', 'none', 'none']);
  await bob.close();
  await until(() => gateway.steps.seen['disconnect bob'] !== undefined, 'the hook');
  expect(gateway.steps.seen).toEqual({ 'connect bob': [undefined], 'disconnect bob': [undefined] });
});

it('a recheck asks the policy about a user in no context of the administrator', async () => {
  const policy = new GatePolicy();
  const { connect } = await withGateway({ policy });
  const [alice, bob] = [await connect('alice'), await connect('bob')];
  await bob.join(ROOM);
  await alice.request('recheck');
  expect(policy.steps.seen['bob']).toEqual([undefined, undefined]);
});

it('writes that share a transaction each keep their own context', async () => {
  const { connect } = await withGateway();
  const clients = await Promise.all(['alice', 'bob', 'carol'].map((user) => connect(user)));
  const written = clients.flatMap((client) => Array.from({ length: 20 }, () => client.request('write')));
  const seen = (await Promise.all(written)).map(({ data }) => (data as { context: unknown }).context);
  expect(seen).toEqual(['alice', 'bob', 'carol'].flatMap((user) => Array.from({ length: 20 }, () => user)));
});

/** Notes in whose context the module publishes what no user asked for. */
class WatchedBackplane extends MemoryBackplane {
  readonly steps = new Steps();

  override publish(room: string, publication: Publication) {
    const type = /"type":"(\w+)"/.exec(Buffer.from(publication.body).toString())?.[1];
    this.steps.note(type!);
    return super.publish(room, publication);
  }
}

/** Enters the context of the user whose command it is. */
class EnteringGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    users.enterWith(context.switchToWs().getClient<Connection>().userId!);
    return true;
  }
}

it('that a grace is over is not announced in the context of the user who started it', async () => {
  const backplane = new WatchedBackplane();
  const configure = (app: INestApplication) => void app.useGlobalGuards(new EnteringGuard());
  const { connect } = await withGateway({
    backplane,
    configure,
    presence: { graceMs: 300, announceMaxConnections: 100 },
  });
  const [alice, carol] = [await connect('alice'), await connect('carol')];
  await alice.join(ROOM);
  await carol.join(ROOM);
  carol.drop();
  await alice.next('user_left');
  expect(backplane.steps.seen['user_left']).toEqual([undefined]);
});

@RealtimeGateway()
@UseGuards(ClsGuard)
class ClsGateway {
  constructor(
    private readonly cls: ClsService,
    private readonly events: EventsService,
  ) {}

  @SubscribeMessage('work')
  async work(@ConnectedSocket() { userId }: Connection): Promise<object> {
    const before: unknown = this.cls.get('user');
    this.cls.set('user', userId);
    await this.events.emit('task.updated', {}, { room: ROOM });
    await pause(1);
    return { before: before ?? 'none', after: this.cls.get<string>('user') };
  }
}

it('with nestjs-cls each command has a store of its own', async () => {
  const host = { imports: [ClsModule.forRoot({ global: true })], providers: [ClsGateway] };
  const { connect } = await realtime({ host });
  const clients = await Promise.all(['alice', 'bob'].map((user) => connect(user)));
  for (const client of clients) await client.join(ROOM);
  const work = clients.map((client) => Promise.all(none.map(() => client.request('work'))));
  const [alice, bob] = (await Promise.all(work)).map((replies) => replies.map(({ data }) => data as unknown));
  expect(alice).toEqual(none.map(() => ({ before: 'none', after: 'alice' })));
  expect(bob).toEqual(none.map(() => ({ before: 'none', after: 'bob' })));
});

@RealtimeGateway()
class SpanGateway {
  readonly gate = new Gate();

  constructor(private readonly events: EventsService) {}

  @SubscribeMessage('active_span')
  activeSpan(): object {
    return { trace: trace.getActiveSpan()?.spanContext().traceId ?? 'none' };
  }

  @SubscribeMessage('speak')
  speak(): Promise<void> {
    return trace.getTracer('test').startActiveSpan('speak', async (span) => {
      await this.gate.pass();
      await this.events.emit('task.updated', {}, { room: ROOM });
      span.end();
    });
  }
}

describe('with OpenTelemetry', () => {
  beforeAll(startTracing);
  afterAll(stopTracing);

  it('the commands of a user are not in the trace of another', async () => {
    const replies = await behindTheTurnOfAlice('active_span', SpanGateway);
    expect(replies).toEqual(none.map((id) => ({ trace: id })));
  });
});
