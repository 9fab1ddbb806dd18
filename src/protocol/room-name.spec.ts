import { EVERYONE, isRoomName, roomKind, userRoom } from './room-name';

describe('a room name', () => {
  it.each(['a', '7', 'project:42', 'chat:a.b_c~d-e@f:g', 'x'.repeat(200)])('may be %p', (name) => {
    expect(isRoomName(name)).toBe(true);
  });

  it.each([
    ...['', ':42', '-a', '_a', 'a b', 'a/b', 'a\n', 'ä', '*', 'a*', 'x'.repeat(201)],
    ...[undefined, null, 42, ['project:42'], { toString: () => 'project:42' }],
  ])('may not be %p', (name) => {
    expect(isRoomName(name)).toBe(false);
  });

  it('has the kind that stands before its first colon', () => {
    expect(['project:42', 'a:b:c', 'lobby'].map(roomKind)).toEqual(['project', 'a', 'lobby']);
  });

  it('is reserved for a user by the kind "user"', () => {
    expect(userRoom('alice')).toBe('user:alice');
    expect(['user:alice', 'user:', 'user', 'users:alice', 'User:alice'].map(roomKind)).toEqual([
      ...['user', 'user', 'user', 'users', 'User'],
    ]);
  });

  it('is none for the room of everyone: no client can name it', () => {
    expect(isRoomName(EVERYONE)).toBe(false);
  });
});
