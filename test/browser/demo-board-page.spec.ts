import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { closeBrowser, closePages, openPage, screenshot } from '../support/browser';
import { demo, stopDemos } from '../support/demo';
import { openBoard } from '../support/demo-board';
import { tokenFor } from '../support/tokens';

jest.setTimeout(60_000);

afterEach(async () => {
  await closePages();
  await stopDemos();
});

afterAll(closeBrowser);

/** All that a browser loads, compressed. */
const MAX_BYTES = 60_000;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Somebody who begins with the examples, and somebody they talk to. */
async function lively(options: Parameters<typeof openBoard>[2] = {}) {
  const { address } = await demo();
  const alice = await openBoard(address, 'Alice Miller', options);
  await screenshot(alice.page, `board-empty${options?.isMobile ? '-phone' : ''}`);
  await alice.page.getByRole('button', { name: 'begin with a few examples' }).click();
  await alice.card('Start the server').waitFor();
  const bob = await openBoard(address, 'Bob');
  const dora = await openBoard(address, 'Dora Q. Vance');
  await bob.say('Who waters the plants this week?');
  await bob.say('I am away until Thursday.');
  await dora.shows('I am away until Thursday.');
  await dora.say('I can. The fern, too?');
  await alice.page.getByLabel('Here now').getByText('Dora').waitFor({ state: 'attached' });
  return { alice, bob, dora };
}

describe('the page of the board', () => {
  it('is less than 60 KB, with all that it loads', () => {
    const files = ['index.html', 'board.js', 'board.css', 'board.svg'];
    const sizes = files.map((file) => gzipSync(readFileSync(join(__dirname, '../../dist/demo/page', file))).length);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(MAX_BYTES);
  });

  it('says what is wrong with a name, and takes a good one', async () => {
    const { address } = await demo();
    const page = await openPage(`http://${address}/`);
    await page.getByLabel('Your name').fill('!!');
    await page.getByRole('button', { name: 'Enter' }).click();
    await page.getByText('Name must hold a letter from A to Z or a digit.', { exact: true }).waitFor();
    expect(await page.getByLabel('Your name').getAttribute('aria-invalid')).toBe('true');
    await screenshot(page, 'board-login');
    await page.getByLabel('Your name').fill('Zoë');
    await page.getByRole('button', { name: 'Enter' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('shows what others write as text, whatever it is', async () => {
    const { address, api } = await demo();
    const carol = api(tokenFor('carol', { name: '<b>Carol</b>' }));
    const script = '<script>document.title = "owned"</script><img src=x onerror="document.title = `owned`">';
    await carol.post('tasks', { projectId: 1, boardId: 1, title: script, description: script });
    const alice = await openBoard(address, 'Alice');
    await alice.say(script);
    await alice.page.locator('.said .who').waitFor();
    expect(await alice.page.locator('.said .text').textContent()).toBe(script);
    expect(await alice.titles('To do')).toEqual([script]);
    await alice.page.locator('.card-face').click();
    expect(await alice.page.getByLabel('Description').inputValue()).toBe(script);
    await alice.page.getByRole('button', { name: 'Cancel' }).click();
    expect(await alice.activity()).toEqual([`<b>Carol</b> added “${script}” to To do`]);
    expect(await alice.page.title()).toBe('Project board');
    expect(await alice.page.locator('.board img, .panel img').count()).toBe(0);
  });

  it('loads nothing from elsewhere, and may not: its policy lets nothing else run', async () => {
    const { address } = await demo();
    for (const file of ['', 'board.js', 'board.css', 'board.svg']) {
      const { status, headers } = await fetch(`http://${address}/${file}`);
      expect(status).toBe(200);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
    const page = await openPage(`http://${address}/`);
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).host !== address) elsewhere.push(request.url());
    });
    await page.reload();
    await page.getByLabel('Your name').fill('Alice');
    await page.keyboard.press('Enter');
    await page.getByText('Live', { exact: true }).waitFor();
    expect(elsewhere).toEqual([]);
  });

  it('is good to look at, by day and by night', async () => {
    const { alice, bob } = await lively();
    await bob.message.pressSequentially('Every');
    await alice.shows('Bob is typing…');
    await screenshot(alice.page, 'board-light');
    await alice.page.emulateMedia({ colorScheme: 'dark' });
    await alice.card('Water the plants').focus();
    await screenshot(alice.page, 'board-dark');
    await alice.card('Water the plants').click();
    await screenshot(alice.page, 'board-task-dark');
    await alice.page.emulateMedia({ colorScheme: 'light' });
    await screenshot(alice.page, 'board-task');
    await alice.page.keyboard.press('Escape');
    await alice.card('Water the plants').hover();
    await alice.page.mouse.down();
    await alice.card('Open the board in a second window').hover({ position: { x: 40, y: 8 } });
    await screenshot(alice.page, 'board-drag');
    await alice.page.mouse.up();
    await alice.activity();
    await screenshot(alice.page, 'board-activity');
  });

  it('fits on a phone, where a finger moves cards and opens the chat', async () => {
    const { alice } = await lively(PHONE);
    const { page } = alice;
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await screenshot(page, 'board-phone');
    expect(await page.getByRole('log', { name: 'Messages' }).isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Chat and activity' }).tap();
    await alice.shows('I can. The fern, too?');
    await screenshot(page, 'board-phone-chat');
    await page.getByRole('button', { name: 'Close' }).tap();
    await alice.card('Water the plants').tap();
    await page.getByLabel('Column').selectOption('Done');
    await page.getByRole('button', { name: 'Save' }).tap();
    await alice.column('Done').getByText('Water the plants').waitFor();
    await alice.pull('Go offline, and come back', alice.card('Drag me to another column'));
    expect(await alice.titles('To do')).toEqual(['Go offline, and come back', 'Drag me to another column']);
  });
});
