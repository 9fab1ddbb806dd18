import { Injectable } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import type { Identity, RoomAction, RoomName, RoomRequest } from '../../src';
import { RealtimeError, RealtimeGateway, RequireRoom, RoomPolicy } from '../../src';
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

@RealtimeGateway()
class CardsGateway {
  @RequireRoom()
  @SubscribeMessage('move_card')
  move(@MessageBody() data: object) {
    return data;
  }

  @RequireRoom('paint')
  @SubscribeMessage('draw')
  draw(@MessageBody() data: object) {
    return data;
  }
}

describe("under the policy 'open'", () => {
  it('everybody may do everything in every unreserved room', async () => {
    const { connect } = await realtime({ policy: 'open' });
    const alice = await connect('alice');
    await alice.join('anything');
    await alice.request('chat', { room: 'anything', text: 'hi' });
    await alice.request('history', { room: 'anything' });
    expect((await alice.refusal('join_room', { room: 'user:bob' })).code).toBe('forbidden');
  });
});

describe('under a policy', () => {
  const commands: [command: string, action: string, data: object, message: string][] = [
    ['join_room', 'join', {}, 'You may not join a.'],
    ['chat', 'chat', { text: 'hi' }, 'You may not use chat in a.'],
    ['chat_edit', 'chat', { id: '4EsBUcdgDH-Wa5g4U6pXS', text: 'hi' }, 'You may not use chat in a.'],
    ['chat_delete', 'chat', { id: '4EsBUcdgDH-Wa5g4U6pXS' }, 'You may not use chat in a.'],
    ['typing', 'typing', { typing: true }, 'You may not use typing in a.'],
    ['broadcast', 'broadcast', { event: 'card.moved', data: {} }, 'You may not use broadcast in a.'],
    ['history', 'history', {}, 'You may not read the history of a.'],
    ['chat_history', 'history', {}, 'You may not read the history of a.'],
    ['presence', 'presence', {}, 'You may not see who is in a.'],
    ['move_card', 'move_card', {}, 'You may not use move_card in a.'],
    ['draw', 'paint', {}, 'You may not use paint in a.'],
  ];

  it.each(commands)('%s is the action %s, and refused without it', async (command, action, data, message) => {
    const refused = new Set<RoomAction>();
    const policy = new RulePolicy((_, asked) => !refused.has(asked));
    const { connect } = await realtime({ policy, clientEvents: ['card.moved'], host: { providers: [CardsGateway] } });
    const alice = await connect('alice');
    await alice.join('a');
    refused.add(action);
    expect(await alice.refusal(command, { room: 'a', ...data })).toMatchObject({ code: 'forbidden', message });
    expect(policy.asked).toEqual([
      ['alice', 'join', 'a'],
      ['alice', action, 'a'],
    ]);
  });

  it.each(commands)('%s is allowed by the action %s alone', async (command, action, data) => {
    const policy = new RulePolicy((_, asked) => asked === 'join' || asked === action);
    const { connect } = await realtime({ policy, clientEvents: ['card.moved'], host: { providers: [CardsGateway] } });
    const alice = await connect('alice');
    await alice.join('a');
    const reply = await alice.request<'error'>(command, { room: 'a', ...data });
    // No message is there to be edited or deleted.
    expect([undefined, 'not_found']).toContain(reply.data.code);
  });

  it('refuses presence at a join as a whole', async () => {
    const policy = new RulePolicy((_, action) => action !== 'presence');
    const { connect } = await realtime({ policy });
    const alice = await connect('alice');
    expect((await alice.refusal('join_room', { room: 'a', presence: true })).code).toBe('forbidden');
    await alice.join('a');
    expect((await alice.request<'status'>('status')).data.rooms).toEqual(['a']);
  });

  it('answers with the code it throws, and knows the password that was sent along', async () => {
    const policy = new RulePolicy(({ userId }, _action, room, request) => {
      if (userId === 'mallory') throw new RealtimeError('banned', 'You are banned until Monday.');
      if (room === 'vault' && request?.password !== 'sesame') throw new RealtimeError('password_required');
      return true;
    });
    const { connect } = await realtime({ policy });
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
    const { connect } = await realtime({ policy });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    await alice.join('slow');
    expect((await bob.refusal('join_room', { room: 'slow' })).code).toBe('forbidden');
  });

  it('answers processing_error for one that fails, and tells only the log why', async () => {
    const policy = new RulePolicy(() => {
      throw new Error('the database is on fire');
    });
    const { connect, log } = await realtime({ policy });
    const alice = await connect('alice');
    const error = await alice.refusal('join_room', { room: 'a' });
    expect(error).toMatchObject({ code: 'processing_error' });
    expect(JSON.stringify(error)).not.toContain('fire');
    expect(log.of('error').join()).toContain('the database is on fire');
  });

  it('does not ask it about reserved rooms', async () => {
    const policy = new RulePolicy(() => false);
    const { connect, events } = await realtime({ policy });
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
      policy: ProjectPolicy,
      host: { providers: [Projects, ProjectPolicy] },
    });
    const [alice, bob] = [await connect('alice'), await connect('bob')];
    await alice.join('project:1');
    expect((await bob.refusal('join_room', { room: 'project:1' })).code).toBe('forbidden');
    expect((await alice.refusal('join_room', { room: 'project:2' })).code).toBe('forbidden');
  });

  it('is created when nobody provides it', async () => {
    const { connect } = await realtime({ policy: OwnRoomsPolicy });
    const alice = await connect('alice');
    await alice.join('project:of:alice');
    expect((await alice.refusal('join_room', { room: 'project:of:bob' })).code).toBe('forbidden');
  });

  it('that cannot be created ends the boot, with a hint', async () => {
    await expect(realtime({ policy: ProjectPolicy })).rejects.toThrow(
      'RealtimeModule: ProjectPolicy cannot be created. Add it to the providers of one of your modules.',
    );
  });
});
