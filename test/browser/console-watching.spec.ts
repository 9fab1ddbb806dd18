import type { Page } from 'playwright-core';
import { closeBrowser, closePages, screenshot } from '../support/browser';
import { openConsole, openDoor } from '../support/console';
import { Proxy, stopProxies } from '../support/proxy';
import { realtime, stopAll } from '../support/realtime';
import { until } from '../support/until';

let talk: NodeJS.Timeout | undefined;

afterEach(async () => {
  clearInterval(talk);
  await closePages();
  stopProxies();
  await stopAll();
});

afterAll(closeBrowser);

async function figure(page: Page, chart: string): Promise<number> {
  return Number.parseFloat((await page.getByLabel(chart).locator('output').first().innerText()).replaceAll(',', ''));
}

describe('the charts of the console', () => {
  it('move under load', async () => {
    const server = await realtime({ admin: {} });
    const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
    for (const client of [alice, bob]) await client.join('chat:1');
    const page = await openConsole(server);
    await until(async () => (await figure(page, 'Connections')) === 2, 'two connections');
    expect(await figure(page, 'Deliveries')).toBe(0);
    const calm = await page.getByLabel('Deliveries').locator('canvas').screenshot();
    talk = setInterval(() => {
      void server.events.emit('task.moved', {}, { room: 'chat:1' });
      alice.send('join_room', { room: 'no room' });
    }, 10);
    await until(async () => (await figure(page, 'Deliveries')) > 50, 'deliveries');
    await until(async () => (await figure(page, 'Errors')) > 20, 'errors');
    expect(await figure(page, 'Frames')).toBeGreaterThan(70);
    await page.getByLabel('Lag').getByText(' ms').first().waitFor();
    expect((await page.getByLabel('Deliveries').locator('canvas').screenshot()).equals(calm)).toBe(false);
    clearInterval(talk);
    await until(async () => (await figure(page, 'Deliveries')) === 0, 'calm');
  });

  it('show what was, where the pointer is', async () => {
    const page = await openConsole(await realtime({ admin: {} }));
    const chart = page.getByLabel('Memory');
    await until(async () => (await figure(page, 'Memory')) > 0, 'a sample');
    const { x, y, width } = (await chart.locator('.u-over').boundingBox())!;
    await page.mouse.move(x + width - 2, y + 20);
    await chart.getByText(/^\d\d:\d\d:\d\d$/).waitFor();
  });
});

describe('a console whose server is gone', () => {
  it('says so, keeps what it knew, and goes on when it is back', async () => {
    const server = await realtime({ admin: {} });
    await server.connect('alice');
    const proxy = await Proxy.to(server.port);
    const page = await openConsole({ port: Number(new URL(proxy.url).port) }, '#/connections');
    await page.getByText('alice').waitFor();
    proxy.cut();
    await page.getByRole('alert').getByText('Disconnected.').waitFor();
    await screenshot(page, 'console-disconnected');
    expect(await page.getByText('alice').count()).toBe(1);
    await server.connect('bob');
    proxy.heal();
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('bob').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('waits for it from the start', async () => {
    const server = await realtime({ admin: {} });
    const page = await openDoor(server);
    await page.route('**/stats', (route) => route.abort());
    await page.reload();
    await page.getByRole('alert').getByText('The server does not answer.').waitFor();
    await page.unroute('**/stats');
    await page.getByLabel('Token').waitFor();
  });
});

describe('a node that is not well', () => {
  it('is named when it does not answer, and nothing jumps when it does again', async () => {
    const page = await openConsole(await realtime({ admin: {} }));
    await until(async () => (await figure(page, 'Connections')) === 0, 'a sample');
    await page.route('**/stats', async (route) => {
      const answer = await route.fetch();
      const stats = (await answer.json()) as object;
      await route.fulfill({ response: answer, json: { ...stats, unanswered: ['node-2'] } });
    });
    await page.getByText('no answer from node-2', { exact: true }).waitFor();
    await page.getByRole('alert').getByText('what is there is not counted').waitFor();
    await page.unroute('**/stats');
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('is shown to drain', async () => {
    const page = await openConsole(await realtime({ admin: {}, drain: { windowMs: 0, flushMs: 0 } }));
    await page.getByRole('button', { name: 'Drain' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await page.getByRole('status').getByText('this drains.').waitFor();
    await page.getByRole('cell', { name: 'draining' }).waitFor();
    await page.getByText('server draining').waitFor();
  });
});
