import { closeBrowser, closePages, screenshot } from '../support/browser';
import { demo, stopDemos } from '../support/demo';
import { type BoardPage, openBoard } from '../support/demo-board';
import { temporaryDirectory } from '../support/program';
import { tokenFor } from '../support/tokens';
import { until } from '../support/until';

jest.setTimeout(60_000);

afterEach(async () => {
  await closePages();
  await stopDemos();
});

afterAll(closeBrowser);

const directory = temporaryDirectory();

const ADDED = 'carol added “Water the plants” to To do';
const MISSED = [
  'carol moved “Water the plants” to Done',
  'carol added “Paint the door” to To do',
  'carol renamed “Water the plants” to “Water the fern”',
];

/** A demo with a task, kept in this directory, and somebody who changes it three times. */
async function demoThatChanges(DATA_DIR: string) {
  const started = await demo({ DATA_DIR });
  const carol = started.api(tokenFor('carol'));
  await carol.post('tasks', { projectId: 1, boardId: 1, title: 'Water the plants' });
  const change = async (): Promise<void> => {
    await carol.patch('tasks/1', { status: 'done' });
    await carol.post('tasks', { projectId: 1, boardId: 1, title: 'Paint the door' });
    await carol.patch('tasks/1', { title: 'Water the fern' });
  };
  return { ...started, change };
}

async function goOffline({ page }: BoardPage): Promise<void> {
  await page.context().setOffline(true);
  await page.getByText('Offline', { exact: true }).waitFor();
}

async function comeBack({ page }: BoardPage): Promise<void> {
  await page.context().setOffline(false);
  await page.getByText('Live', { exact: true }).waitFor();
}

describe('a page that was offline', () => {
  it('shows what it missed, once and in order, says how much that was, and goes on', async () => {
    const { address, change } = await demoThatChanges(`${directory}/offline`);
    const alice = await openBoard(address, 'Alice');
    const bob = await openBoard(address, 'Bob');
    await goOffline(bob);
    await change();
    await alice.card('Water the fern').waitFor();
    expect(await bob.titles('To do')).toEqual(['Water the plants']);
    await comeBack(bob);
    await bob.shows('You missed 3 changes.');
    expect([await bob.titles('To do'), await bob.titles('Done')]).toEqual([['Paint the door'], ['Water the fern']]);
    await screenshot(bob.page, 'board-missed');
    await bob.page.getByRole('button', { name: 'Show' }).click();
    expect(await bob.page.locator('.activity .missed > :first-child').allTextContents()).toEqual(MISSED.toReversed());
    expect(await bob.activity()).toEqual([ADDED, ...MISSED]);
    await alice.drag('Paint the door', alice.column('In progress'));
    await bob.column('In progress').getByText('Paint the door').waitFor();
    expect(await bob.activity()).toEqual([ADDED, ...MISSED, 'Alice moved “Paint the door” to In progress']);
    expect(await bob.page.getByText(/You missed/).count()).toBe(0);
  });

  it('shows the same when the server was restarted meanwhile, and has lost what it would have replayed', async () => {
    const DATA_DIR = `${directory}/restarted`;
    const before = await demoThatChanges(DATA_DIR);
    const { address, api } = before;
    const bob = await openBoard(address, 'Bob');
    await goOffline(bob);
    await before.change();
    await api(tokenFor('carol')).delete('tasks/2');
    await stopDemos();
    const after = await demo({ DATA_DIR, PORT: address.split(':')[1] });
    await comeBack(bob);
    await bob.shows('You missed 4 changes. The board was loaded anew.');
    expect([await bob.titles('To do'), await bob.titles('Done')]).toEqual([[], ['Water the fern']]);
    const told = [ADDED, ...MISSED, 'carol deleted “Paint the door”'];
    expect(await bob.activity()).toEqual(told);
    await after.api(tokenFor('carol')).patch('tasks/1', { status: 'todo' });
    await bob.column('To do').getByText('Water the fern').waitFor();
    expect(await bob.activity()).toEqual([...told, 'carol moved “Water the fern” to To do']);
  });

  it('counts what was said, too, and sends what its user said meanwhile', async () => {
    const { address } = await demoThatChanges(`${directory}/said`);
    const alice = await openBoard(address, 'Alice');
    const bob = await openBoard(address, 'Bob');
    await goOffline(bob);
    await bob.say('I am on a train');
    await bob.shows('Sending…');
    await alice.say('Where are you?');
    await alice.shows('Where are you?');
    await alice.add('Fetch Bob');
    await comeBack(bob);
    await bob.shows('You missed 1 change and 1 message.');
    await alice.shows('I am on a train');
    await until(async () => (await bob.page.locator('.said .text').count()) === 2, 'both messages');
    expect(await bob.page.locator('.said .text').allTextContents()).toEqual(['Where are you?', 'I am on a train']);
  });

  it('loses nothing that its user does meanwhile without saying so', async () => {
    const { address } = await demoThatChanges(`${directory}/refused`);
    const bob = await openBoard(address, 'Bob');
    await goOffline(bob);
    await bob.drag('Water the plants', bob.column('Done'));
    await bob.shows(
      '“Water the plants” could not be moved. The server cannot be reached. Try again when you are online.',
    );
    expect(await bob.titles('To do')).toEqual(['Water the plants']);
  });
});
