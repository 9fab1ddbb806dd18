import { Logger } from '@nestjs/common';
import { PolicyCalls } from './policy-calls';

beforeAll(() => void Logger.overrideLogger(false));

/** A policy whose answers the test gives. */
function asked(limits: { maxPolicyCalls?: number; policyTimeoutMs?: number } = {}) {
  const calls = new PolicyCalls({ maxPolicyCalls: 8, policyTimeoutMs: 10_000, ...limits });
  const underWay: { room: string; answer: (allowed: boolean) => void }[] = [];
  const ask = (room: string): Promise<boolean> => {
    const hanging = () => new Promise<boolean>((answer) => underWay.push({ room, answer }));
    const answer = calls.ask(room, hanging) as Promise<boolean>;
    // Some are left without an answer.
    answer.catch(() => undefined);
    return answer;
  };
  return { calls, underWay, ask, rooms: () => underWay.map(({ room }) => room) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('calls of a policy', () => {
  it('are answered at once where it answers at once', () => {
    expect(new PolicyCalls({ maxPolicyCalls: 1, policyTimeoutMs: 1 }).ask('a', () => true)).toBe(true);
  });

  it('about one room take a quarter, and the rest waits until they are answered', async () => {
    const { ask, underWay, rooms } = asked();
    const answers = [1, 2, 3].map(() => ask('a'));
    expect(rooms()).toEqual(['a', 'a']);
    underWay[0].answer(true);
    expect(await answers[0]).toBe(true);
    await settled();
    expect(rooms()).toEqual(['a', 'a', 'a']);
    underWay[2].answer(false);
    expect(await answers[2]).toBe(false);
  });

  it('about other rooms go on, up to the limit, and then each room has its turn', async () => {
    const { ask, underWay, rooms } = asked({ maxPolicyCalls: 4 });
    for (const room of ['a', 'a', 'a', 'b', 'c', 'd', 'e']) void ask(room);
    expect(rooms()).toEqual(['a', 'b', 'c', 'd']);
    underWay[0].answer(true);
    await settled();
    underWay[1].answer(true);
    await settled();
    expect(rooms().slice(4)).toEqual(['a', 'e']);
  });

  it('give their place back however they end', async () => {
    const { calls, ask, rooms } = asked({ maxPolicyCalls: 1 });
    const failing = calls.ask('a', () => Promise.reject(new Error('no database')));
    const throwing = calls.ask('b', () => {
      throw new Error('a bug');
    });
    await expect(failing).rejects.toThrow('no database');
    await expect(throwing).rejects.toThrow('a bug');
    void ask('c');
    expect(rooms()).toEqual(['c']);
  });

  it('that are not answered in time, or have no turn in time, are unavailable, and a late answer is ignored', async () => {
    const { ask, underWay, rooms } = asked({ maxPolicyCalls: 1, policyTimeoutMs: 30 });
    const [hanging, waiting] = [ask('a'), ask('b')].map((answer) => answer.catch(({ code }) => code as string));
    expect([await hanging, await waiting]).toEqual(['unavailable', 'unavailable']);
    underWay[0].answer(true);
    void ask('c');
    expect(rooms().at(-1)).toBe('c');
  });
});
