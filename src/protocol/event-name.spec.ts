import * as fc from 'fast-check';
import { isTypeName } from './codec';
import { RESERVED_TYPES } from './frames';
import { frameTypeOf } from './event-name';

describe("an event's name", () => {
  it.each([
    ['task.created', 'task_created'],
    ['projectTask.dueDate_changed', 'projectTask_dueDate_changed'],
    ['a.b.c', 'a_b_c'],
    [`a.${'x'.repeat(62)}`, `a_${'x'.repeat(62)}`],
  ])('%s is sent as it is, or as %s in snake case', (name, snake) => {
    expect(frameTypeOf(name, 'dot')).toBe(name);
    expect(frameTypeOf(name, 'snake')).toBe(snake);
  });

  it.each(['task', 'Task.created', 'task.Created', '.created', 'task.', 'task..created', 'task.created\n', '1.2', ''])(
    'is not %j',
    (name) => {
      expect([frameTypeOf(name, 'dot'), frameTypeOf(name, 'snake')]).toEqual([undefined, undefined]);
    },
  );

  it.each([undefined, null, 7, {}, ['task.created'], `a.${'x'.repeat(63)}`])('is not %p', (name) => {
    expect(frameTypeOf(name, 'dot')).toBeUndefined();
  });

  it('never becomes a type of the protocol, and needs no escaping', () => {
    const words = fc.constantFrom(...[...RESERVED_TYPES].flatMap((type) => type.split('_')), 'task', 'x"y', 'A', '');
    const name = fc.oneof(
      fc.array(words, { maxLength: 4 }).map((parts) => parts.join('.')),
      fc.string(),
    );
    fc.assert(
      fc.property(name, fc.constantFrom('dot' as const, 'snake' as const), (event, naming) => {
        const type = frameTypeOf(event, naming);
        return type === undefined || (isTypeName(type) && !RESERVED_TYPES.has(type));
      }),
      { numRuns: 2000 },
    );
  });
});
