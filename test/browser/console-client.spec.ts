import { FRAME_TEMPLATES, frameText } from '../../src/features/admin/console/page/frame-templates';
import { Commands } from '../../src/gateway/commands/commands';
import { closeBrowser, closePages } from '../support/browser';
import { openConsole } from '../support/console';
import { realtime, stopAll } from '../support/realtime';
import { tokenFor } from '../support/tokens';

afterEach(async () => {
  await closePages();
  await stopAll();
});

afterAll(closeBrowser);

async function atTheClient() {
  const server = await realtime({ admin: {} });
  const page = await openConsole(server, '#/client');
  const frame = (text: string) => page.getByRole('listitem').filter({ hasText: text });
  return { server, page, frame };
}

describe('the client of the console', () => {
  it('connects as another user, joins, and lists frames with their sizes and times', async () => {
    const { server, page, frame } = await atTheClient();
    await page.getByText('Empty: your own token. You connect as root.').waitFor();
    await page.getByLabel('Token of the user').fill(tokenFor('zoë'));
    await page.getByText('You connect as zoë.').waitFor();
    await page.getByRole('button', { name: 'Connect' }).click();
    await frame('"user_id":"zoë"')
      .getByText(/\d+ B · \d\d:\d\d:\d\d\.\d{3}/)
      .waitFor();
    await page.getByRole('textbox', { name: 'Room' }).fill('project:1');
    await page.getByRole('button', { name: 'Join' }).click();
    await frame('room_joined')
      .getByText(/after [\d.]+ ms · \d+ B/)
      .waitFor();
    await server.events.emit('task.created', { title: 'Paint' }, { room: 'project:1' });
    await frame('task.created').waitFor();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await frame('closed 1005').waitFor();
  });

  it('sends any command of the protocol, and what is none', async () => {
    const { page, frame } = await atTheClient();
    await page.getByRole('button', { name: 'Connect' }).click();
    await frame('auth_success').waitFor();
    await page.getByLabel('Command').selectOption('status');
    await page.getByRole('button', { name: 'Send' }).click();
    await frame('"messages_received":1').waitFor();
    await page.getByLabel('Command').selectOption('echo');
    await page.getByRole('textbox', { name: /^Frame/ }).press('Control+Enter');
    await frame('← received echo').waitFor();
    await page.getByRole('textbox', { name: /^Frame/ }).fill('not json');
    await page.getByText('This is no JSON: the server will say so.').waitFor();
    await page.getByRole('button', { name: 'Send' }).click();
    await frame('invalid_message').waitFor();
  });

  it('tells why it was closed, or not let in', async () => {
    const { server, page, frame } = await atTheClient();
    await page.getByRole('button', { name: 'Connect' }).click();
    await frame('auth_success').waitFor();
    await server.rooms.disconnectUser('root', 'Out');
    await frame('closed 4503').getByText('disconnected_by_admin: Out').first().waitFor();
    await page.getByLabel('Token of the user').fill('no.good');
    await page.getByRole('button', { name: 'Connect' }).click();
    await frame('closed 1006').waitFor();
    await page.getByLabel('Token of the user').fill('no token at all');
    await page.getByRole('button', { name: 'Connect' }).click();
    await frame('not opened').waitFor();
  });

  it('keeps the last 500 lines', async () => {
    const { server, page, frame } = await atTheClient();
    await page.getByRole('button', { name: 'Connect' }).click();
    await frame('auth_success').waitFor();
    for (let n = 1; n <= 600; n++) await server.events.emit('task.created', { n }, { user: 'root' });
    await frame('"n":600}').waitFor();
    expect(await page.getByRole('listitem').count()).toBe(500);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('Connect, and every frame is listed here.').waitFor();
  });
});

describe('the templates of frames', () => {
  it('are of every command there is, and none is refused for its form', async () => {
    const server = await realtime();
    const commands = [...server.app.get(Commands).types];
    expect(Object.keys(FRAME_TEMPLATES).sort()).toEqual(commands.sort());
    const alice = await server.connect('alice');
    await alice.join('chat:1');
    for (const [n, type] of Object.keys(FRAME_TEMPLATES).entries()) {
      alice.raw(frameText(type, 'chat:1', `t-${n}`));
    }
    await alice.settled();
    const refused = alice.unread.filter(({ data }) =>
      ['validation_failed', 'unknown_type'].includes(data.code as string),
    );
    expect(refused).toEqual([]);
  });
});
