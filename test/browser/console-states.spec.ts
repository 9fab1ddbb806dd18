import { closeBrowser, closePages, screenshot } from '../support/browser';
import { openConsole, turnTo } from '../support/console';
import { nodesOn } from '../support/redis-nodes';
import { RedisServer, stopRedis } from '../support/redis-server';
import { realtime, stopAll } from '../support/realtime';

afterEach(async () => {
  await closePages();
  await stopAll();
});

afterAll(async () => {
  await closeBrowser();
  await stopRedis();
});

const DOWN = { status: 503, json: { code: 'unavailable', message: 'A backing service is down.' } };

describe('a view of the console', () => {
  it('says that there is nothing, and why', async () => {
    const server = await realtime({ admin: {}, roomKinds: { den: { history: { maxPublications: 0 } } } });
    const page = await openConsole(server, '#/rooms');
    await page.getByText('Nobody is in any room.').waitFor();
    await turnTo(page, '#/connections');
    await page.getByText('Nobody is connected.').waitFor();
    await turnTo(page, '#/audit?user=nobody');
    await page.getByText('Nothing is on record about nobody.').waitFor();
    await turnTo(page, '#/rooms/den%3A1');
    await page.getByText('Nobody is in den:1, and nothing was said there.').waitFor();
    await page.getByText('Rooms of this kind keep no history').waitFor();
    await screenshot(page, 'console-empty');
  });

  it('says what it waits for, and what went wrong, until that is over', async () => {
    const server = await realtime({ admin: {} });
    await server.connect('alice');
    const page = await openConsole(server);
    let fail = (): void => undefined;
    const failing = new Promise<void>((resolve) => (fail = resolve));
    await page.route('**/websocket/connections*', (route) => failing.then(() => route.fulfill(DOWN)));
    await turnTo(page, '#/connections');
    await page.getByText('Asking for connections…').waitFor();
    fail();
    await page.getByRole('alert').getByText('A backing service is down.').waitFor();
    await screenshot(page, 'console-trouble');
    await page.unroute('**/websocket/connections*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('alice').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('has what all nodes have, and acts on all of them', async () => {
    const redis = await RedisServer.start();
    const [one, two] = await nodesOn([redis.url, redis.url], { admin: {} });
    const [alice, bob] = [await one.connect('alice'), await two.connect('bob')];
    for (const client of [alice, bob]) await client.join('project:1');
    const page = await openConsole(one);
    await page.getByText('Live, 2 nodes').waitFor();
    await turnTo(page, '#/rooms/project%3A1');
    await page.getByRole('button', { name: 'Kick bob' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Kick' }).click();
    expect((await bob.closed).code).toBe(4503);
    await alice.settled();
    await turnTo(page, '#/');
    await screenshot(page, 'console-nodes');
  });
});
