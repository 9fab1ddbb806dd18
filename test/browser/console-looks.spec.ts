import type { BrowserContextOptions, Page } from 'playwright-core';
import { closeBrowser, closePages, screenshot } from '../support/browser';
import { openConsole, openDoor, turnTo } from '../support/console';
import { Realtime, realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';

let talk: NodeJS.Timeout;

afterEach(async () => {
  clearInterval(talk);
  await closePages();
  await stopAll();
});

afterAll(closeBrowser);

const LONG = 'carol-with-a-name-that-does-not-end-for-a-long-time@an.example.com';

/** People in rooms, who talk all the time. */
async function lively(): Promise<Realtime> {
  const server = await realtime({ admin: {} });
  const names = { alice: 'Alice', bob: 'Bob', [LONG]: 'Carol', dave: 'Dave', erin: 'Erin' };
  const people = await Promise.all(Object.entries(names).map(([id, name]) => server.connect(id, { name })));
  for (const each of people) for (const room of ['project:42', 'chat:lobby']) await each.join(room);
  let n = 0;
  talk = setInterval(() => {
    people[++n % people.length].send('chat', { room: 'chat:lobby', text: `Hello, for the ${n}th time` });
    if (n % 9 === 0) people[0].send('join_room', { room: 'no room' });
    void server.events.emit('task.moved', { id: `t${n}`, to: 'done' }, { room: 'project:42' });
  }, 25);
  return server;
}

/** How far it can be moved sidewards: nothing is wider than the screen. */
function sidewards(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** What is there when a view is. */
const VIEWS: [name: string, hash: string, evidence: string][] = [
  ['rooms', '#/rooms', 'project:42'],
  ['room', '#/rooms/chat%3Alobby', '"text":"Hello, for'],
  ['connections', '#/connections', LONG],
  ['audit', '#/audit', 'chat_sent'],
  ['client', '#/client', 'Connect, and every frame is listed here.'],
];

describe('the console', () => {
  it.each<[string, BrowserContextOptions]>([
    ['light', { colorScheme: 'light', viewport: { width: 1280, height: 800 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1280, height: 800 } }],
    ['tablet', { colorScheme: 'dark', viewport: { width: 820, height: 1100 } }],
    ['phone', { colorScheme: 'light', viewport: { width: 360, height: 740 }, hasTouch: true }],
  ])(
    'fits on the screen: %s',
    async (name, options) => {
      const server = await lively();
      const door = await openDoor(server, options);
      await door.getByRole('button', { name: 'Sign in' }).waitFor();
      await screenshot(door, `console-${name}-door`);

      const page = await openConsole(server, '', options);
      const figures = page.getByRole('status').and(page.locator('output'));
      const seen = new Set<string>();
      await until(
        async () => seen.add((await figures.allInnerTexts()).join()).size > 2,
        'two samples in the charts: a line',
        30_000,
      );
      expect(await sidewards(page)).toBe(0);
      await screenshot(page, `console-${name}`);
      await page.getByRole('button', { name: 'Broadcast' }).click();
      await page.getByRole('dialog').waitFor();
      await screenshot(page, `console-${name}-dialog`);
      await page.getByRole('button', { name: 'Cancel' }).click();

      for (const [view, hash, evidence] of VIEWS) {
        await turnTo(page, hash);
        await page.getByText(evidence).first().waitFor();
        expect([view, await sidewards(page)]).toEqual([view, 0]);
        if (view === 'client') await converse(page);
        await screenshot(page, `console-${name}-${view}`);
      }
    },
    90_000,
  );
});

async function converse(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('auth_success').first().waitFor();
  await page.getByRole('textbox', { name: 'Room' }).fill('chat:lobby');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByText('room_joined').first().waitFor();
  await page.getByText('for the').first().waitFor();
}
