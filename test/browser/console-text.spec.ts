import { closeBrowser, closePages } from '../support/browser';
import { openConsole } from '../support/console';
import { realtime, stopAll } from '../support/realtime';

afterEach(async () => {
  await closePages();
  await stopAll();
});

afterAll(closeBrowser);

const HOSTILE = `<script>document.title = 'owned'</script><img src=x onerror="document.title = 'owned'">`;
const TITLE = 'Realtime console';

describe('what users say, in the console', () => {
  it('stays text in the tail of a room, however it is looked at', async () => {
    const server = await realtime({ admin: {} });
    const mallory = await server.connect('mallory', { name: HOSTILE });
    await mallory.join('chat:1');
    const page = await openConsole(server, '#/rooms/chat%3A1');
    await page.getByText('Nothing was said yet.').waitFor();
    await mallory.request('chat', { room: 'chat:1', text: HOSTILE });
    const said = page.getByRole('listitem').filter({ hasText: '<script>' });
    await said.locator('summary').click();
    await said.locator('pre').getByText('<img src=x').waitFor();
    await page.getByRole('cell', { name: '<script>' }).waitFor();
    expect(await page.locator('main script, main img').count()).toBe(0);
    expect(await page.title()).toBe(TITLE);
  });

  it('stays text among the frames of the client, and in the lists', async () => {
    const server = await realtime({ admin: {} });
    const mallory = await server.connect('mallory', { name: HOSTILE, headers: { 'user-agent': HOSTILE } });
    const page = await openConsole(server, '#/client');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('textbox', { name: 'Room' }).fill('chat:1');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('room_joined').first().waitFor();
    await mallory.join('chat:1');
    await mallory.request('chat', { room: 'chat:1', text: HOSTILE });
    const frame = page.getByRole('listitem').filter({ hasText: '<script>' });
    await frame.locator('summary').click();
    await frame.locator('pre').getByText('<img src=x').waitFor();
    expect(await page.locator('main script, main img').count()).toBe(0);
    await page.getByRole('link', { name: 'Connections' }).click();
    await page.getByRole('cell', { name: '<script>' }).waitFor();
    expect(await page.title()).toBe(TITLE);
  });
});
