import { closeBrowser, closePages, screenshot } from '../support/browser';
import { demo, stopDemos } from '../support/demo';
import { type BoardPage, openBoard } from '../support/demo-board';
import { temporaryDirectory } from '../support/program';
import { tokenFor } from '../support/tokens';

jest.setTimeout(60_000);

afterEach(async () => {
  await closePages();
  await stopDemos();
});

afterAll(closeBrowser);

const directory = temporaryDirectory();

const MISSED = [
  '“Water the plants” moved to Done',
  '“Paint the door” was added to To do',
  '“Water the plants” is now called “Water the fern”',
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
    await bob.shows('You missed 3 changes. Here they are.');
    expect([await bob.titles('To do'), await bob.titles('Done')]).toEqual([['Paint the door'], ['Water the fern']]);
    expect(await bob.activity()).toEqual(MISSED);
    await screenshot(bob.page, 'board-missed');
    await bob.page.getByRole('button', { name: 'Dismiss' }).click();
    await alice.drag('Paint the door', alice.column('In progress'));
    await bob.column('In progress').getByText('Paint the door').waitFor();
    expect(await bob.activity()).toEqual([...MISSED, '“Paint the door” moved to In progress']);
    expect(await bob.page.getByText(/You missed/).count()).toBe(0);
  });
});
