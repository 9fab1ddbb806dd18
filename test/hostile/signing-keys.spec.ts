import type { JwtKey } from '../../src';
import { RealtimeModule } from '../../src';
import { RealtimeTest, realtimeTest } from '../../src/testing';
import { forge, inAnHour, rs256, rsaKeys } from '../support/forged-tokens';
import { HttpAnswer, knock } from '../support/raw-socket';
import { realtime, stopAll } from '../support/realtime';

const rsa = rsaKeys();
const tokenOf = (sub: string, header: object = {}, key = rsa.privateKey): string =>
  forge({ alg: 'RS256', kid: 'current', ...header }, { sub, exp: inAnHour() }, rs256(key));
const show = (port: number, token: string): Promise<HttpAnswer> =>
  knock(port, { headers: { Authorization: `Bearer ${token}` } });

afterEach(stopAll);

describe('tokens that name keys nobody knows', () => {
  async function server(keys: Record<string, JwtKey>) {
    const asked: (string | undefined)[] = [];
    const lookUp = async (kid?: string) => {
      asked.push(kid);
      return keys[kid!];
    };
    const { port } = await realtime({ auth: { keys: lookUp, algorithms: ['RS256'] } });
    return { port, asked };
  }

  it('cost the application a few lookups, and others can connect', async () => {
    const keys: Record<string, JwtKey> = { current: rsa.pem };
    const { port, asked } = await server(keys);
    expect((await show(port, tokenOf('early'))).status).toBe(101);
    const statuses = new Set<number>();
    for (let n = 0; n < 200; n++) statuses.add((await show(port, tokenOf('mallory', { kid: `random-${n}` }))).status);
    expect([...statuses]).toEqual([401, 503]);
    expect(asked.length).toBeLessThanOrEqual(21);
    expect((await show(port, tokenOf('victim'))).status).toBe(101);
  });

  it('and name the same one share one lookup', async () => {
    const { port, asked } = await server({});
    const token = tokenOf('mallory', { kid: 'withdrawn' });
    const answers = await Promise.all(Array.from({ length: 50 }, () => show(port, token)));
    for (let n = 0; n < 20; n++) answers.push(await show(port, token));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(asked).toEqual(['withdrawn']);
  });

  it('of any length are not remembered', async () => {
    const { port, asked } = await server({});
    expect((await show(port, tokenOf('mallory', { kid: 'k'.repeat(257) }))).status).toBe(401);
    expect(asked).toEqual([]);
  });
});

describe('a key that was withdrawn', () => {
  let test: RealtimeTest;
  afterEach(() => test.close());

  it('opens no connection after a minute, however often the token was seen before', async () => {
    const keys: Record<string, JwtKey> = { current: rsa.pem };
    const auth = { keys: async (kid?: string) => keys[kid!], algorithms: ['RS256' as const] };
    const imports = [RealtimeModule.forRoot({ auth, policy: 'open', storage: false })];
    test = await realtimeTest({ imports, clock: 'virtual', token: ({ id }) => stolen[id] });
    const stolen: Record<string, string> = { mallory: tokenOf('mallory') };
    await test.connect('mallory');
    delete keys.current;
    await test.clock.advance(59_000);
    await test.connect('mallory');
    await test.clock.advance(1_000);
    await expect(test.connect('mallory')).rejects.toThrow('401');
  });
});

describe('a token with critical extensions', () => {
  it.each([
    ['a list', ['b64']],
    ['an empty list', []],
    ['null', null],
    ['an extension of its own', ['exp']],
  ])('is refused: crit is %s', async (_, crit) => {
    const { port } = await realtime({ auth: { publicKey: rsa.pem, algorithms: ['RS256'] } });
    expect((await show(port, tokenOf('alice'))).status).toBe(101);
    expect(await show(port, tokenOf('mallory', { crit }))).toMatchObject({
      status: 401,
      body: { code: 'unauthorized', message: expect.stringContaining('"crit"') as string },
    });
  });

  it('is refused before its key is looked up', async () => {
    const keys = jest.fn(() => rsa.pem);
    const { port } = await realtime({ auth: { keys, algorithms: ['RS256'] } });
    expect((await show(port, tokenOf('mallory', { crit: ['b64'], b64: false }))).status).toBe(401);
    expect(keys).not.toHaveBeenCalled();
  });
});
