import { Injectable } from '@nestjs/common';
import type { Identity, RoomAction, RoomName, RoomRequest } from '../../src';
import { RealtimeError, RoomPolicy } from '../../src';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

type Rule = (
  identity: Identity,
  action: RoomAction,
  room: RoomName,
  request?: RoomRequest,
) => boolean | Promise<boolean>;

class RulePolicy extends RoomPolicy {
  readonly asked: [user: string, action: RoomAction, room: string][] = [];

  constructor(private readonly rule: Rule) {
    super();
  }

  override can(identity: Identity, action: RoomAction, room: RoomName, request?: RoomRequest) {
    this.asked.push([identity.userId, action, room]);
    return this.rule(identity, action, room, request);
  }
}

describe('without a policy', () => {
  it('lets everybody into every unreserved room, and says so once at boot', async () => {
    const { connect, log } = await realtime();
    const alice = await connect('alice');
    await alice.join('anything');
    const warning = 'No room policy is given: every authenticated user may join every unreserved room.';
    expect(log.of('warn').filter((line) => line.includes('policy'))).toEqual([expect.stringContaining(warning)]);
  });
});

describe('under a policy', () => {
  it('asks it about join, publish, history and presence, and takes no for an answer', async () => {
    const no: Partial<Record<RoomAction, string>> = {
      join: 'no:join',
      publish: 'no:publish',
      history: 'no:history',
      presence: 'no:presence',
    };
    const policy = new RulePolicy((_, action, room) => no[action] !== room);
    const { connect, log } = await realtime({ rooms: { policy } });
    const alice = await connect('alice');
    await alice.join('no:publish');
    expect(await alice.refusal('join_room', { room: 'no:join' })).toMatchObject({
      code: 'forbidden',
      message: 'You may not join no:join.',
    });
    expect((await alice.refusal('chat', { room: 'no:publish', text: 'hi' })).code).toBe('forbidden');
    const broadcast = { room: 'no:publish', event: 'a.b', data: {} };
    expect((await alice.refusal('broadcast', broadcast)).code).toBe('forbidden');
    expect((await alice.refusal('history', { room: 'no:history' })).code).toBe('forbidden');
    expect((await alice.refusal('join_room', { room: 'no:presence', presence: true })).code).toBe('forbidden');
    await alice.join('no:presence');
    expect((await alice.request<'status'>('status')).data.rooms).toEqual(['no:publish', 'no:presence']);
    expect(policy.asked.slice(0, 2)).toEqual([
      ['alice', 'join', 'no:publish'],
      ['alice', 'join', 'no:join'],
    ]);
    expect(log.text).not.toContain('No room policy');
  });

  it('answers with the code it throws, and knows the password that was sent along', async () => {
    const policy = new RulePolicy(({ userId }, _action, room, request) => {
      if (userId === 'mallory') throw new RealtimeError('banned', 'You are banned until Monday.');
      if (room === 'vault' && request?.password !== 'sesame') throw new RealtimeError('password_required');
      return true;
    });
    const { connect } = await realtime({ rooms: { policy } });
    const [alice, mallory] = [await connect('alice'), await connect('mallory')];
    expect(await mallory.refusal('join_room', { room: 'hall' })).toEqual({
      code: 'banned',
      message: 'You are banned until Monday.',
      retryable: false,
    });
    expect((await alice.refusal('join_room', { room: 'vault' })).code).toBe('password_required');
    expect((await alice.refusal('join_room', { room: 'vault', password: 'please' })).code).toBe('password_required');
    expect((await alice.refusal('join_room', { room: 'vault', password: 'x'.repeat(257) })).code).toBe(
      'validation_failed',
    );
    expect(await alice.request('join_room', { room: 'vault', password: 'sesame' })).toMatchObject({
      type: 'room_joined',
    });
  });

  it('waits for an answer that takes its time', async () => {
    const policy = new RulePolicy(async ({ userId }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return userId === 'alice';
    });
    const { connect } = await realtime({ rooms: { policy } });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    await alice.join('slow');
    expect((await bob.refusal('join_room', { room: 'slow' })).code).toBe('forbidden');
  });

  it('answers processing_error for one that fails, and tells only the log why', async () => {
    const policy = new RulePolicy(() => {
      throw new Error('the database is on fire');
    });
    const { connect, log } = await realtime({ rooms: { policy } });
    const alice = await connect('alice');
    const error = await alice.refusal('join_room', { room: 'a' });
    expect(error).toMatchObject({ code: 'processing_error' });
    expect(JSON.stringify(error)).not.toContain('fire');
    expect(log.of('error').join()).toContain('the database is on fire');
  });

  it('does not ask it about reserved rooms', async () => {
    const policy = new RulePolicy(() => false);
    const { connect, events } = await realtime({ rooms: { policy } });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    await alice.join('user:alice');
    expect((await bob.refusal('join_room', { room: 'user:alice' })).code).toBe('forbidden');
    await events.emit('invoice.paid', {}, { user: 'alice' });
    await alice.next('invoice.paid');
    expect(policy.asked).toEqual([]);
  });
});

@Injectable()
class Projects {
  readonly members = new Map([['project:1', ['alice']]]);
}

@Injectable()
class ProjectPolicy extends RoomPolicy {
  constructor(private readonly projects: Projects) {
    super();
  }

  override can({ userId }: Identity, _action: RoomAction, room: RoomName): boolean {
    return this.projects.members.get(room)?.includes(userId) ?? false;
  }
}

class OwnRoomsPolicy extends RoomPolicy {
  override can({ userId }: Identity, _action: RoomAction, room: RoomName): boolean {
    return room === `project:of:${userId}`;
  }
}

describe('a policy given as a class', () => {
  it('is taken from the providers of the host, with what it injects', async () => {
    const { connect } = await realtime({
      rooms: { policy: ProjectPolicy },
      host: { providers: [Projects, ProjectPolicy] },
    });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    await alice.join('project:1');
    expect((await bob.refusal('join_room', { room: 'project:1' })).code).toBe('forbidden');
    expect((await alice.refusal('join_room', { room: 'project:2' })).code).toBe('forbidden');
  });

  it('is created when nobody provides it', async () => {
    const { connect } = await realtime({ rooms: { policy: OwnRoomsPolicy } });
    const alice = await connect('alice');
    await alice.join('project:of:alice');
    expect((await alice.refusal('join_room', { room: 'project:of:bob' })).code).toBe('forbidden');
  });

  it('that cannot be created ends the boot, with a hint', async () => {
    await expect(realtime({ rooms: { policy: ProjectPolicy } })).rejects.toThrow(
      'RealtimeModule: ProjectPolicy cannot be created. Add it to the providers of one of your modules.',
    );
  });
});
