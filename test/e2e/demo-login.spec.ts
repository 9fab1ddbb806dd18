import { JwtService } from '@nestjs/jwt';
import { TestClient } from '../support/client';
import { demo, stopDemos } from '../support/demo';
import { SECRET, tokenFor } from '../support/tokens';

afterEach(stopDemos);

const jwt = new JwtService({ secret: SECRET });

describe('logging in to the demo', () => {
  it('makes a name a user, the same each time, whose token is good for REST and WebSocket', async () => {
    const { api, address } = await demo();
    const { status, body } = await api().post('login', { name: '  Zoë B. ' });
    expect(status).toBe(200);
    expect(body).toEqual({ token: expect.any(String) as string, userId: 'zoe-b' });
    expect((await api().post('login', { name: 'zoe b' })).body).toMatchObject({ userId: 'zoe-b' });
    const token = String(body.token);
    expect(jwt.verify(token)).toMatchObject({ sub: 'zoe-b', name: 'Zoë B.', roles: [] });
    expect((await api(token).get('tasks')).status).toBe(200);
    const client = await TestClient.open(`ws://${address}/ws?token=${token}`);
    expect((await client.next('auth_success')).data.user_id).toBe('zoe-b');
    client.drop();
  });

  it('makes the user called admin one', async () => {
    const { api } = await demo();
    const { body } = await api().post('login', { name: 'Admin' });
    expect(jwt.verify(String(body.token))).toMatchObject({ sub: 'admin', roles: ['admin'] });
  });

  it('is refused in production, where good tokens are taken', async () => {
    const { api } = await demo({ NODE_ENV: 'production' });
    const { status, body } = await api().post('login', { name: 'alice' });
    expect(status).toBe(403);
    expect(body.message).toBe('NODE_ENV is production, where nobody logs in by name. Sign tokens with JWT_SECRET.');
    expect((await api(tokenFor('alice')).get('tasks')).status).toBe(200);
  });
});
