import { closeBrowser, closePages, screenshot } from '../support/browser';
import { channelsAs } from '../support/channels';
import { openConsole } from '../support/console';
import { realtime, stopAll } from '../support/realtime';

afterEach(async () => {
  await closePages();
  await stopAll();
});

afterAll(closeBrowser);

describe('from the console', () => {
  it('a user is kicked, and the others stay', async () => {
    const server = await realtime({ admin: {} });
    const [alice, phone, bob] = [
      await server.connect('alice'),
      await server.connect('alice'),
      await server.connect('bob'),
    ];
    const page = await openConsole(server, '#/connections?search=alice');
    await page.getByRole('button', { name: 'Kick' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Kick alice' });
    await dialog.getByLabel('Message').fill('Enough for today');
    await dialog.getByLabel('Bar for hours').fill('1');
    await screenshot(page, 'console-kick');
    await dialog.getByRole('button', { name: 'Kick' }).click();
    for (const client of [alice, phone])
      expect(await client.closed).toEqual({ code: 4503, reason: 'Enough for today' });
    await page.getByRole('status').getByText('2 connections closed.').waitFor();
    await page.getByText('No connection fits.').waitFor();
    await expect(server.connect('alice')).rejects.toThrow('403');
    await bob.settled();
  });

  it('nothing is done before it is confirmed', async () => {
    const server = await realtime({ admin: {} });
    const alice = await server.connect('alice');
    const page = await openConsole(server, '#/connections');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Kick' }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await alice.settled();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Close it' }).click();
    expect((await alice.closed).code).toBe(4503);
  });

  it('a broadcast reaches everybody, once its data is an object', async () => {
    const server = await realtime({ admin: {} });
    const alice = await server.connect('alice');
    const page = await openConsole(server);
    await page.getByRole('button', { name: 'Broadcast' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Data').fill('["no", "object"]');
    await dialog.getByRole('button', { name: 'Send to all' }).click();
    await dialog.getByRole('alert').getByText('must be a JSON object').waitFor();
    await dialog.getByLabel('Event').fill('no event');
    await dialog.getByLabel('Data').fill('{"text":"Back at noon"}');
    await dialog.getByRole('button', { name: 'Send to all' }).click();
    await dialog.getByRole('alert').getByText('event must be noun.verb').waitFor();
    await dialog.getByLabel('Event').fill('pause.begun');
    await dialog.getByRole('button', { name: 'Send to all' }).click();
    expect((await alice.next('pause.begun')).data).toEqual({ text: 'Back at noon' });
  });

  it('a message goes to a room, one to a user, and a room is rechecked', async () => {
    const server = await realtime({ admin: {} });
    const [alice, bob] = [await server.connect('alice'), await server.connect('bob')];
    for (const client of [alice, bob]) await client.join('project:1');
    const page = await openConsole(server, '#/rooms/project%3A1');
    const dialog = page.getByRole('dialog');
    await page.getByLabel('Room', { exact: true }).getByRole('button', { name: 'Message' }).click();
    await dialog.getByRole('button', { name: 'Send' }).click();
    for (const client of [alice, bob]) await client.next('notice.given');
    await page.getByRole('row', { name: 'bob' }).getByRole('button', { name: 'Message' }).click();
    await dialog.getByLabel('Event').fill('hint.given');
    await dialog.getByRole('button', { name: 'Send' }).click();
    await bob.next('hint.given');
    await page.getByRole('button', { name: 'Recheck' }).click();
    await dialog.getByRole('button', { name: 'Recheck' }).click();
    await page.getByRole('status').getByText('0 connections taken out of project:1.').waitFor();
    await alice.settled();
    expect(alice.unread).toEqual([]);
  });

  it('a user is banned from a channel, which is no other room', async () => {
    const server = await realtime({ admin: {} });
    await channelsAs(server, 'owner')('POST', '', { id: 'general', name: 'General' });
    const alice = await server.connect('alice');
    await alice.join('channel:general');
    const page = await openConsole(server, '#/rooms/channel%3Ageneral');
    await page.getByRole('button', { name: 'Ban' }).click();
    const dialog = page.getByRole('dialog', { name: 'Ban alice' });
    await dialog.getByLabel('Reason').fill('Spam');
    await dialog.getByLabel('Hours').fill('24');
    await dialog.getByRole('button', { name: 'Ban' }).click();
    expect((await alice.next('room_left')).data).toMatchObject({ code: 'banned' });
    expect((await alice.refusal('join_room', { room: 'channel:general' })).message).toMatch(/until .*: Spam/);
    await alice.join('project:1');
    await page.goto(`http://127.0.0.1:${server.port}/realtime/console#/rooms/project%3A1`);
    await page.getByRole('button', { name: 'Kick' }).waitFor();
    expect(await page.getByRole('button', { name: 'Ban' }).count()).toBe(0);
  });
});
