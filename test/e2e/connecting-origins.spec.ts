import type { OriginRule } from '../../src';
import { knock } from '../support/raw-socket';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

const refusal = {
  status: 403,
  headers: { connection: 'close' },
  body: {
    code: 'forbidden',
    message: 'This origin may not connect. The server\'s "origins" option names those that may.',
  },
};

/** The status a page of this origin gets, by host where that matters. */
async function asking(origins?: OriginRule) {
  const { port, log } = await realtime({ origins });
  const status = async (origin: string | string[] | undefined, host = `127.0.0.1:${port}`) =>
    (await knock(port, { headers: { Origin: origin, Host: host } })).status;
  return { port, status, log };
}

describe('a page', () => {
  it('of the same origin may connect, another may not, by default', async () => {
    const { port, status } = await asking();
    expect(await status(undefined)).toBe(101);
    expect(await status(`http://127.0.0.1:${port}`)).toBe(101);
    expect(await status('https://example.com', 'example.com')).toBe(101);
    expect(await status('https://example.com', 'example.com:443')).toBe(101);
    expect(await status('https://EXAMPLE.com', 'example.com')).toBe(101);
    const others = [
      `http://127.0.0.1:${port + 1}`,
      'http://127.0.0.1',
      `http://localhost:${port}`,
      `http://127.0.0.1:${port}.evil.example`,
      `http://evil.example/127.0.0.1:${port}`,
      `chrome-extension://127.0.0.1:${port}`,
      `ws://127.0.0.1:${port}`,
      'null',
      '',
      'nonsense',
    ];
    for (const origin of others) expect([origin, await status(origin)]).toEqual([origin, 403]);
    expect(await status([`http://127.0.0.1:${port}`, 'http://evil.example'])).toBe(403);
  });

  it('of another origin is refused with a reason before its token is looked at', async () => {
    const { port, log } = await asking();
    const headers = { Origin: 'http://evil.example', Authorization: `Bearer ${tokenFor('alice')}` };
    expect(await knock(port, { headers })).toMatchObject(refusal);
    expect(await knock(port, { headers: { ...headers, Authorization: 'Bearer bad' } })).toMatchObject(refusal);
    expect(log.of('error')).toEqual([]);
  });

  it('of any origin may connect where all are allowed', async () => {
    const { status } = await asking('*');
    for (const origin of ['http://evil.example', 'null', 'nonsense']) expect(await status(origin)).toBe(101);
  });

  it('of a listed origin may connect, and no other', async () => {
    const { port, status } = await asking(['https://app.example', /^https:\/\/[a-z]+\.app\.example$/g, 'null']);
    for (let i = 0; i < 2; i++) {
      expect(await status('https://app.example')).toBe(101);
      expect(await status('https://staging.app.example')).toBe(101);
      expect(await status('null')).toBe(101);
      expect(await status('https://evil.example')).toBe(403);
      expect(await status('https://app.example.evil')).toBe(403);
      expect(await status('http://app.example')).toBe(403);
      expect(await status(`http://127.0.0.1:${port}`)).toBe(403);
      expect(await status(undefined)).toBe(101);
    }
  });

  it('may connect when the function says so, and only then', async () => {
    const { status } = await asking((origin) => origin.endsWith('.example'));
    expect(await status('https://app.example')).toBe(101);
    expect(await status('https://app.evil')).toBe(403);
  });

  it('may not connect on a promise', async () => {
    const later = (async () => true) as unknown as (origin: string) => boolean;
    const { status } = await asking(later);
    expect(await status('https://app.example')).toBe(403);
  });

  it('is answered 503 when the function fails, and the server lives', async () => {
    const { status } = await asking(() => {
      throw new TypeError('no such tenant');
    });
    expect(await status('https://app.example')).toBe(503);
    expect(await status(undefined)).toBe(101);
  });
});
