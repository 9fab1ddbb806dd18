import { HistoryOptions } from '../publishing/history.options';
import { RoomKinds } from './room-kinds';
import { RoomsOptions } from './rooms.options';

describe('the kinds of rooms', () => {
  it('have limits of their own, and no other name is a kind', () => {
    const given = { project: { maxMembers: 5, history: { maxPublications: 10 } } };
    const options = new RoomKinds(given, new HistoryOptions(), new RoomsOptions());
    expect([options.maxMembersOf('project'), options.maxMembersOf('board')]).toEqual([5, 20_000]);
    expect(options.historyOf('project')).toMatchObject({ maxPublications: 10, maxAgeMs: 86_400_000 });
    for (const kind of ['constructor', '__proto__', 'toString', '']) {
      expect([options.maxMembersOf(kind), options.historyOf(kind).maxPublications]).toEqual([20_000, 1000]);
    }
  });
});
