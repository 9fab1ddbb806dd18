import {
  ForbiddenException,
  HttpException,
  Injectable,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { Authenticator, Identity, PresentedCredential, RealtimeError } from '../../src';
import { knock } from '../support/raw-socket';
import { realtime, stopAll } from '../support/realtime';

afterEach(stopAll);

@Injectable()
class ApiKeyStore {
  readonly users: Record<string, string> = { 'key-of-alice': 'alice' };
}

@Injectable()
class ApiKeys extends Authenticator {
  readonly seen: PresentedCredential[] = [];

  constructor(private readonly store: ApiKeyStore) {
    super();
  }

  override async authenticate(presented: PresentedCredential): Promise<Identity> {
    this.seen.push(presented);
    const userId = this.store.users[presented.token];
    if (!userId) throw new RealtimeError('unauthorized', 'This API key is not known.');
    return { userId, roles: ['machine'] };
  }
}

/** An authenticator that does what the test wants. */
class Scripted extends Authenticator {
  constructor(readonly authenticate: (presented: PresentedCredential) => Identity | Promise<Identity>) {
    super();
  }
}

const refusing = (error: unknown) =>
  new Scripted(() => {
    throw error;
  });

describe('an authenticator of the host', () => {
  it("is taken from the host's providers when it is a class", async () => {
    const { open, port, app } = await realtime({
      auth: { authenticator: ApiKeys },
      host: { providers: [ApiKeys, ApiKeyStore] },
    });
    const client = await open('', { headers: { authorization: 'Bearer key-of-alice', 'x-tenant': 'acme' } });
    expect((await client.next('auth_success')).data).toMatchObject({ user_id: 'alice', expires_at: null });
    expect(await knock(port, { target: '/ws?token=other' })).toMatchObject({
      status: 401,
      body: { code: 'unauthorized', message: 'This API key is not known.' },
    });
    const [first, second] = app.get(ApiKeys).seen;
    expect(first).toMatchObject({ token: 'key-of-alice', place: 'header', address: '127.0.0.1' });
    expect(first.headers['x-tenant']).toBe('acme');
    expect(second).toMatchObject({ token: 'other', place: 'query' });
  });

  it('is asked about an authenticate frame, too', async () => {
    const authenticator = new ApiKeys(new ApiKeyStore());
    const { open } = await realtime({ auth: { authenticator } });
    const client = await open();
    expect((await client.request('authenticate', { token: 'key-of-alice' })).type).toBe('auth_success');
    expect(authenticator.seen[0]).toEqual({
      token: 'key-of-alice',
      place: 'frame',
      address: '127.0.0.1',
      headers: {},
    });
  });

  it('fails the boot when it cannot be created', async () => {
    await expect(realtime({ auth: { authenticator: ApiKeys } })).rejects.toThrow(
      'RealtimeModule: ApiKeys cannot be created. Add it to the providers of one of your modules.',
    );
  });

  it.each([
    [401, 'unauthorized', new UnauthorizedException('no such session')],
    [403, 'forbidden', new ForbiddenException('this account is closed')],
    [403, 'forbidden', new RealtimeError('forbidden', 'this account is closed')],
    [429, 'limit_exceeded', new HttpException('slow down', 429)],
    [503, 'unavailable', new ServiceUnavailableException('no database')],
  ])('may refuse as guards do: %d %s', async (status, code, error) => {
    const { port, open, log } = await realtime({ auth: { authenticator: refusing(error) } });
    const answer = await knock(port, { target: '/ws?token=t' });
    expect(answer).toMatchObject({ status, body: { code, message: error.message } });
    expect(answer.headers['retry-after']).toBe(status === 429 || status === 503 ? '10' : undefined);
    const client = await open();
    const reply = await client.request('authenticate', { token: 't' });
    expect(reply).toMatchObject({ type: status === 503 ? 'error' : 'auth_failed', data: { code } });
    if (status !== 503) expect((await client.closed).code).toBe(4501);
    expect(log.of('error').length).toBe(status === 503 ? 2 : 0);
  });

  it.each([
    ['a TypeError', () => (undefined as unknown as Identity).userId as never],
    ['nothing to an identity', () => undefined as unknown as Identity],
    ['an identity without a user', () => ({ roles: [] }) as unknown as Identity],
    ['an identity of nobody', () => ({ userId: '', roles: [] })],
    ['an identity without roles', () => ({ userId: 'alice' }) as Identity],
    ['an identity that ends never and nowhere', () => ({ userId: 'alice', roles: [], expiresAt: NaN })],
    ['an identity that ends after the end of time', () => ({ userId: 'alice', roles: [], expiresAt: Infinity })],
  ])('that comes to %s is answered 503 and processing_error, and the server lives', async (_, authenticate) => {
    const { port, open, log } = await realtime({ auth: { authenticator: new Scripted(authenticate) } });
    const answer = await knock(port, { target: '/ws?token=secret-key' });
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '10' },
      body: { code: 'unavailable', message: 'The server cannot let you in now. Try again later.' },
    });
    expect(log.of('error')).toEqual([expect.stringContaining('A handshake failed')]);
    const client = await open();
    expect((await client.refusal('authenticate', { token: 'secret-key' })).code).toBe('processing_error');
    expect((await client.refusal('status')).code).toBe('unauthorized');
    expect(log.text).not.toContain('secret-key');
  });

  it('that puts the token into its error does not put it into the log', async () => {
    const authenticator = new Scripted(({ token }) => {
      throw new Error(`no user for ${token}`);
    });
    const { port, open, log } = await realtime({ auth: { authenticator } });
    await knock(port, { target: '/ws?token=secret-key' });
    const client = await open();
    await client.refusal('authenticate', { token: 'secret-key' });
    expect(log.of('error').join()).toContain('no user for …');
    expect(log.text).not.toContain('secret-key');
  });

  it('that fails for everybody does not flood the log', async () => {
    const { port, log } = await realtime({ auth: { authenticator: refusing(new Error('broken')) } });
    await Promise.all(Array.from({ length: 20 }, () => knock(port, { target: '/ws?token=t' })));
    expect(log.of('error').length).toBeLessThan(5);
  });

  it('that hangs is answered 503 in time, and what it says later changes nothing', async () => {
    let finish!: (identity: Identity) => void;
    let fail!: (error: Error) => void;
    const answers = [
      new Promise<Identity>((resolve) => (finish = resolve)),
      new Promise<Identity>((_, reject) => (fail = reject)),
    ];
    const authenticator = new Scripted(() => answers.shift()!);
    const { port, connections, log } = await realtime({
      auth: { authenticator },
      connections: { handshakeTimeoutMs: 200 },
    });
    const [first, second] = await Promise.all([
      knock(port, { target: '/ws?token=a' }),
      knock(port, { target: '/ws?token=b' }),
    ]);
    for (const answer of [first, second]) expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(log.of('error').join()).toContain('The authenticator took longer than 200 ms');
    finish({ userId: 'alice', roles: [] });
    fail(new Error('too late'));
    await new Promise((resolve) => setImmediate(resolve));
    expect([connections.size, connections.ofUser('alice').size, connections.countOfAddress('127.0.0.1')]).toEqual([
      0, 0, 0,
    ]);
  });
});
