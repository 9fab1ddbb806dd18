import type { CanActivate } from '@nestjs/common';
import { closeBrowser, closePages, openPage } from '../support/browser';
import { openConsole, openDoor, signIn } from '../support/console';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(async () => {
  await closePages();
  await stopAll();
});

afterAll(closeBrowser);

describe('at the door of the console', () => {
  it('a wrong token is refused, with what the server says, and a better one is let in', async () => {
    const server = await realtime({ admin: {} });
    const page = await openDoor(server);
    await signIn(page, 'no.good');
    await page.getByRole('alert').getByText('The token is refused').waitFor();
    await signIn(page, tokenFor('alice', { roles: ['user'] }));
    await page.getByRole('alert').getByText('This needs the role admin.').waitFor();
    await signIn(page, `Bearer ${tokenFor('root', { roles: ['admin'] })}`);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('one is asked once in a tab, and again after signing out', async () => {
    const page = await openConsole(await realtime({ admin: {} }));
    expect(await page.evaluate('Object.keys(localStorage).length + document.cookie.length')).toBe(0);
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    await page.reload();
    await page.getByLabel('Token').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('a token that runs out leads back to it', async () => {
    const page = await openDoor(await realtime({ admin: {} }));
    await signIn(page, tokenFor('root', { roles: ['admin'], expiresIn: 3 }));
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('alert').getByText('expired').waitFor();
  });

  it("nobody is asked whom the application's own guard lets in, by a cookie", async () => {
    const guard: CanActivate = {
      canActivate: (context) =>
        /staff=yes/.test(context.switchToHttp().getRequest<{ headers: { cookie?: string } }>().headers.cookie ?? ''),
    };
    const { port } = await realtime({ admin: { guard } });
    const cookie = { name: 'staff', value: 'yes', domain: '127.0.0.1', path: '/', expires: -1 };
    const state = { cookies: [{ ...cookie, httpOnly: true, secure: false, sameSite: 'Strict' as const }], origins: [] };
    const staff = await openDoor({ port }, { storageState: state });
    await staff.getByText('Live', { exact: true }).waitFor();
    const stranger = await openDoor({ port });
    await stranger.getByLabel('Token').waitFor();
  });

  it('it does not matter what a proxy puts before the path', async () => {
    const { port } = await realtime({ admin: {} });
    const page = await openPage('about:blank');
    await page.route('**/behind/**', (route) => route.continue({ url: route.request().url().replace('/behind', '') }));
    await page.goto(`http://127.0.0.1:${port}/behind/realtime/console`);
    await signIn(page, tokenFor('root', { roles: ['admin'] }));
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('it is said where there is no admin API', async () => {
    const page = await openDoor(await realtime({ admin: { console: { path: '/realtime/console' } } }));
    await page.route('**/stats', (route) =>
      route.fulfill({ status: 404, json: { message: 'There is no admin API here.' } }),
    );
    await page.reload();
    await page.getByRole('alert').getByText('There is no admin API here.').waitFor();
  });
});
