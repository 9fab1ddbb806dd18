import type { Page } from 'playwright-core';
import { closeBrowser, closePages } from '../support/browser';
import { openConsole, openDoor } from '../support/console';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';
import { until } from '../support/until';

afterEach(async () => {
  await closePages();
  await stopAll();
});

afterAll(closeBrowser);

describe('in the console', () => {
  it('one finds a user by a part of the name, and what room they are in', async () => {
    const server = await realtime({ admin: {} });
    for (const user of ['alice', 'bob', 'carol']) {
      await (await server.connect(user, { name: `${user} of Sales` })).join(`project:${user.length}`);
    }
    const page = await openConsole(server, '#/connections');
    await rows(page, 3);
    await page.getByLabel('Search connections').fill('BO');
    await rows(page, 1);
    expect(new URL(page.url()).hash).toBe('#/connections?search=BO');
    await page.getByLabel('Search connections').fill('of sales');
    await rows(page, 3);
    await page.getByLabel('Search connections').fill('nobody');
    await page.getByText('No connection fits.').waitFor();
    await page.getByLabel('Search connections').fill('bob');
    await page.getByRole('link', { name: 'project:3' }).click();
    await page.getByRole('heading', { name: 'project:3' }).waitFor();
    await page.getByLabel('Room', { exact: true }).getByRole('link', { name: '1' }).click();
    await page.getByText('in project:3').waitFor();
    await rows(page, 1);
  });

  it('one finds a room, also one with nobody in it', async () => {
    const server = await realtime({ admin: {} });
    const alice = await server.connect('alice');
    for (const room of ['project:1', 'project:2', 'chat:1']) await alice.join(room);
    await server.events.emit('task.created', { title: 'Paint' }, { room: 'den:7' });
    const page = await openConsole(server, '#/rooms');
    await rows(page, 3);
    await page.getByLabel('Search rooms').fill('PROJ');
    await rows(page, 2);
    await page.getByLabel("Users' own").check();
    await page.getByText('No room with').waitFor();
    await page.getByLabel("Users' own").uncheck();
    await page.getByLabel('Search rooms').fill('den:7');
    await page.getByRole('link', { name: 'Open den:7' }).click();
    await page.getByText('"title":"Paint"').waitFor();
    await page.getByText('No members.').waitFor();
  });

  it('one turns the pages of a long list', async () => {
    const server = await realtime({ admin: {}, rooms: { maxPerConnection: 200 } });
    const alice = await server.connect('alice');
    for (let n = 0; n < 120; n++) await alice.join(`den:${String(n).padStart(3, '0')}`);
    const page = await openConsole(server, '#/rooms');
    await rows(page, 50);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('den:050').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('den:119').waitFor();
    await rows(page, 20);
    expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByText('den:050').waitFor();
  });

  it('one needs no mouse', async () => {
    const server = await realtime({ admin: {} });
    const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
    const page = await openDoor(server);
    await page.getByLabel('Token').waitFor();
    // The field has the focus.
    await page.keyboard.insertText(tokenFor('root', { roles: ['admin'] }));
    await page.keyboard.press('Enter');
    await page.getByText('Live', { exact: true }).waitFor();
    await tabTo(page, 'Connections');
    await page.keyboard.press('Enter');
    await rows(page, 2);
    await page.keyboard.press('/');
    await page.keyboard.type('alice');
    await rows(page, 1);
    await tabTo(page, 'Kick');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, 'Kick');
    await page.keyboard.press('Enter');
    expect((await alice.closed).code).toBe(4503);
    await bob.settled();
  });
});

/** So many of them, without the head. */
async function rows(page: Page, count: number): Promise<void> {
  await until(async () => (await page.locator('tbody tr').count()) === count, `${count} rows`);
}

/** With the key alone. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate<string>('document.activeElement.textContent')).trim() === name) return;
  }
  throw new Error(`${name} cannot be reached with the Tab key`);
}
