import type { TestClient } from '../support/client';
import { inAnHour, withClaims } from '../support/forged-tokens';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(stopAll);

/** So many milliseconds from now, as a token says it. */
const inMs = (ms: number) => (Date.now() + ms) / 1000;
const iso = (exp: number) => new Date(exp * 1000).toISOString();

async function openWith(open: (query: string) => Promise<TestClient>, token: string): Promise<TestClient> {
  const client = await open(`?token=${token}`);
  await client.next('auth_success');
  return client;
}

describe('refreshing the token of a living session', () => {
  it('moves the end of the session, and takes over what the new token says', async () => {
    const { connect, connections } = await realtime();
    const alice = await connect('alice');
    const exp = inAnHour() + 3600;
    const reply = await alice.request<'auth_success'>('authenticate', {
      token: withClaims({ sub: 'alice', exp, roles: ['admin'] }),
    });
    expect(reply).toMatchObject({ type: 'auth_success', data: { user_id: 'alice', expires_at: iso(exp) } });
    const { data: status } = await alice.request<'status'>('status');
    expect(reply.data.connection_id).toBe(status.connection_id);
    expect([...connections].map(({ identity }) => identity!.roles)).toEqual([['admin']]);
    expect(connections.ofUser('alice').size).toBe(1);
  });

  it('refuses the token of another user, and the session lives on as it was', async () => {
    const { connect, connections } = await realtime();
    const alice = await connect('alice');
    const token = tokenFor('bob', { roles: ['admin'] });
    expect(await alice.refusal('authenticate', { token })).toEqual({
      code: 'forbidden',
      message: 'This token is of another user. Open a connection of their own.',
      retryable: false,
    });
    const { data } = await alice.request<'status'>('status');
    expect(data.user_id).toBe('alice');
    expect([...connections].map(({ identity }) => identity!.roles)).toEqual([[]]);
    expect(connections.ofUser('bob').size).toBe(0);
  });

  it('answers a bad token with auth_failed, and the session lives on', async () => {
    const { connect } = await realtime();
    const alice = await connect('alice');
    for (const token of ['x', withClaims({ sub: 'alice', exp: inMs(-2_000) }), 'y'.repeat(8192)]) {
      const reply = await alice.request('authenticate', { token });
      expect([reply.type, reply.data.code]).toEqual(['auth_failed', 'unauthorized']);
    }
    expect(await alice.refusal('authenticate', { token: 'z'.repeat(100_000) })).toMatchObject({
      code: 'validation_failed',
      details: [{ field: 'token' }],
    });
    await alice.settled();
  });

  it('does not count the session twice against the limit of its user', async () => {
    const { connect } = await realtime({ connections: { maxPerUser: 1 } });
    const alice = await connect('alice');
    const reply = await alice.request('authenticate', { token: tokenFor('alice') });
    expect(reply.type).toBe('auth_success');
  });
});

describe('a token that runs out', () => {
  it('is announced, and then the connection is closed with 4001', async () => {
    const { open } = await realtime({ auth: { expiringNoticeMs: 500 } });
    const exp = inMs(1_500);
    const alice = await openWith(open, withClaims({ sub: 'alice', exp }));
    const notice = await alice.next('auth_expiring');
    const noticedAt = Date.now();
    expect(notice.data).toEqual({ expires_at: iso(exp) });
    expect(noticedAt).toBeGreaterThanOrEqual(exp * 1000 - 500);
    expect(await alice.closed).toEqual({ code: 4001, reason: 'come back with a new token' });
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
    expect(alice.frames.filter(({ type }) => type === 'auth_expiring')).toHaveLength(1);
  });

  it('is announced anew after a refresh by one that expires in the same second', async () => {
    const { open } = await realtime({ auth: { expiringNoticeMs: 60_000 } });
    const exp = inMs(5_000);
    const alice = await openWith(open, withClaims({ sub: 'alice', exp }));
    await alice.next('auth_expiring');
    await alice.request('authenticate', { token: withClaims({ sub: 'alice', exp, jti: 'another' }) });
    expect((await alice.next('auth_expiring')).data).toEqual({ expires_at: iso(exp) });
  });

  it('is announced anew, and closed later, after a refresh', async () => {
    const { open } = await realtime({ auth: { expiringNoticeMs: 60_000 } });
    const first = inMs(2_000);
    const alice = await openWith(open, withClaims({ sub: 'alice', exp: first }));
    expect((await alice.next('auth_expiring')).data).toEqual({ expires_at: iso(first) });
    const second = inMs(2_300);
    const reply = await alice.request('authenticate', { token: withClaims({ sub: 'alice', exp: second }) });
    expect(reply.data.expires_at).toBe(iso(second));
    expect((await alice.next('auth_expiring')).data).toEqual({ expires_at: iso(second) });
    expect((await alice.closed).code).toBe(4001);
    expect(Date.now()).toBeGreaterThanOrEqual(second * 1000);
    expect(alice.frames.filter(({ type }) => type === 'auth_expiring')).toHaveLength(2);
  });

  it('is not announced to, nor closed for, one who refreshed in time', async () => {
    const { open } = await realtime({ auth: { expiringNoticeMs: 0 } });
    const exp = inMs(1_500);
    const alice = await openWith(open, withClaims({ sub: 'alice', exp }));
    await alice.request('authenticate', { token: tokenFor('alice') });
    const bob = await openWith(open, withClaims({ sub: 'bob', exp }));
    expect((await bob.closed).code).toBe(4001);
    await alice.settled();
    expect(alice.frames.map(({ type }) => type)).toEqual(['auth_success', 'auth_success', 'pong']);
  });

  it('is good for a while longer where clocks are tolerated', async () => {
    const { open } = await realtime({ auth: { clockToleranceSeconds: 30 } });
    const exp = inMs(-10_000);
    const client = await open(`?token=${withClaims({ sub: 'alice', exp, nbf: inMs(10_000) })}`);
    expect((await client.next('auth_success')).data.expires_at).toBe(iso(exp + 30));
  });
});
