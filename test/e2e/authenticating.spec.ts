import { knock } from '../support/raw-socket';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

const refused = (message: string) => ({ status: 401, body: { code: 'unauthorized', message } });
const twice = (place: string) => refused(`Two tokens in the same place (${place}). Send one.`);

/** Who the server takes a client for, of what it showed. */
async function shown(
  open: Awaited<ReturnType<typeof realtime>>['open'],
  { query = '', headers = {}, protocols = [] as string[] },
): Promise<string> {
  const client = await open(query, { headers }, protocols);
  const { data } = await client.next('auth_success');
  await client.close();
  return data.user_id;
}

const bearer = (user: string) => ({ authorization: `Bearer ${tokenFor(user)}` });
const inProtocol = (user: string) => ['realtime.v1.json', `bearer.${tokenFor(user)}`];
const inQuery = (user: string) => `?token=${tokenFor(user)}`;
const inCookie = (user: string, port: number) => ({
  cookie: `theme=dark; access_token=${tokenFor(user)}; lang=de`,
  origin: `http://127.0.0.1:${port}`,
});

describe('authenticating with the upgrade', () => {
  it('takes the token from the header, the subprotocol, the cookie or the query', async () => {
    const { open, port } = await realtime();
    expect(await shown(open, { headers: bearer('alice') })).toBe('alice');
    expect(await shown(open, { headers: { authorization: `bEaReR   ${tokenFor('alice')}  ` } })).toBe('alice');
    expect(await shown(open, { protocols: inProtocol('alice') })).toBe('alice');
    expect(await shown(open, { headers: inCookie('alice', port) })).toBe('alice');
    expect(await shown(open, { query: inQuery('alice') })).toBe('alice');
  });

  it('takes the first place that holds one', async () => {
    const { open, port } = await realtime();
    const query = inQuery('by-query');
    const cookie = inCookie('by-cookie', port);
    const protocols = inProtocol('by-protocol');
    const headers = { ...cookie, ...bearer('by-header') };
    expect(await shown(open, { query, headers, protocols })).toBe('by-header');
    expect(await shown(open, { query, headers: cookie, protocols })).toBe('by-protocol');
    expect(await shown(open, { query, headers: cookie })).toBe('by-cookie');
  });

  it('does not fall back to a good token behind a bad one', async () => {
    const { port } = await realtime();
    const answer = await knock(port, { target: `/ws${inQuery('alice')}`, headers: { authorization: 'Bearer bad' } });
    expect(answer).toMatchObject(refused('The token is refused: it is not valid.'));
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      connection: 'close',
      'www-authenticate': 'Bearer',
    });
  });

  it('refuses a token given twice in one place, even when both are good', async () => {
    const { port, log } = await realtime();
    const good = tokenFor('alice');
    const ask = (headers: Record<string, string | string[]>, target?: string) => knock(port, { headers, target });
    expect(await ask({ Authorization: [`Bearer ${good}`, `Bearer ${good}`] })).toMatchObject(twice('header'));
    expect(await ask({ 'Sec-WebSocket-Protocol': `realtime.v1.json, bearer.${good}, bearer.x` })).toMatchObject(
      twice('subprotocol'),
    );
    expect(await ask({ 'Sec-WebSocket-Protocol': [`bearer.${good}`, `bearer.${good}`] })).toMatchObject(
      twice('subprotocol'),
    );
    const origin = `http://127.0.0.1:${port}`;
    const host = `127.0.0.1:${port}`;
    expect(
      await ask({ Host: host, Origin: origin, Cookie: `access_token=${good}; access_token=${good}` }),
    ).toMatchObject(twice('cookie'));
    expect(await ask({ Host: host, Origin: origin, Cookie: [`access_token=${good}`, 'access_token=x'] })).toMatchObject(
      twice('cookie'),
    );
    expect(await ask({}, `/ws?token=${good}&token=${good}`)).toMatchObject(twice('query'));
    expect(await ask({}, `/ws?token=${good}&%74oken=x`)).toMatchObject(twice('query'));
    expect(log.text).not.toContain(good);
  });

  it('takes two bearers in one header for one bad token', async () => {
    const { port } = await realtime();
    const good = tokenFor('alice');
    const answer = await knock(port, { headers: { Authorization: `Bearer ${good}, Bearer ${good}` } });
    expect(answer).toMatchObject(refused('The token is refused: it is not valid.'));
  });

  it.each([
    ['header', { headers: { Authorization: 'Bearer' } }],
    ['header, with a space', { headers: { Authorization: 'Bearer ' } }],
    ['subprotocol', { headers: { 'Sec-WebSocket-Protocol': 'realtime.v1.json, bearer.' } }],
    ['query', { target: '/ws?token=' }],
  ])('refuses an empty token in the %s: it does not open as if nothing had been shown', async (_, request) => {
    const { port } = await realtime();
    expect(await knock(port, request)).toMatchObject(refused('The token is refused: it is empty or too long.'));
  });

  it('never echoes the bearer subprotocol', async () => {
    const { port } = await realtime();
    const ask = async (protocols: string) => {
      const { status, headers } = await knock(port, { headers: { 'Sec-WebSocket-Protocol': protocols } });
      return [status, headers['sec-websocket-protocol']];
    };
    const token = tokenFor('alice');
    expect(await ask(`bearer.${token}, realtime.v1.json`)).toEqual([101, 'realtime.v1.json']);
    expect(await ask(`bearer.${token}`)).toEqual([101, undefined]);
    expect(await ask(`bearer.${token}, something.else`)).toEqual([101, undefined]);
  });

  it('honours a cookie only with an Origin, and only by its exact name', async () => {
    const { port, open } = await realtime({ auth: { cookie: 'session', deferred: false } });
    const cookie = `session=${tokenFor('alice')}`;
    const none = refused('Send a token, for instance as "Authorization: Bearer …".');
    expect(await knock(port, { headers: { cookie } })).toMatchObject(none);
    const origin = `http://127.0.0.1:${port}`;
    expect(await shown(open, { headers: { cookie, origin } })).toBe('alice');
    expect(await shown(open, { headers: { cookie: `session="${tokenFor('bob')}"`, origin } })).toBe('bob');
    const headers = { Host: `127.0.0.1:${port}`, origin };
    expect(await knock(port, { headers: { ...headers, cookie: `xsession=${tokenFor('alice')}` } })).toMatchObject(none);
    expect(await knock(port, { headers: { cookie, origin: 'http://evil.example' } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });

  it('refuses a client without a token when deferred authentication is off', async () => {
    const { port } = await realtime({ auth: { deferred: false } });
    const none = refused('Send a token, for instance as "Authorization: Bearer …".');
    expect(await knock(port)).toMatchObject(none);
    expect(await knock(port, { headers: { authorization: 'Basic YTpi' } })).toMatchObject(none);
  });
});
