import { closeBrowser, closePages } from '../support/browser';
import { type Demo, demo, stopDemos } from '../support/demo';
import { openBoard } from '../support/demo-board';
import { tokenFor } from '../support/tokens';
import { until } from '../support/until';

jest.setTimeout(60_000);

afterEach(async () => {
  await closePages();
  await stopDemos();
});

afterAll(closeBrowser);

/** A demo with these tasks on its first board. */
async function demoWith(...titles: string[]): Promise<Demo> {
  const started = await demo();
  const api = started.api(tokenFor('carol'));
  for (const title of titles) await api.post('tasks', { projectId: 1, boardId: 1, title });
  return started;
}

describe('a task', () => {
  it('that is dragged into another column is there for everyone', async () => {
    const { address, api } = await demoWith('Water the plants', 'Paint the door', 'Fix the roof');
    const alice = await openBoard(address, 'Alice');
    const bob = await openBoard(address, 'Bob');
    await alice.drag('Paint the door', alice.column('Done'));
    await bob.column('Done').getByText('Paint the door').waitFor();
    await alice.drag('Water the plants', alice.card('Paint the door'));
    await until(async () => (await bob.titles('Done')).length === 2, 'the second move');
    expect(await bob.titles('Done')).toEqual(['Water the plants', 'Paint the door']);
    expect(await bob.titles('To do')).toEqual(['Fix the roof']);
    const told = ['Alice moved “Paint the door” to Done', 'Alice moved “Water the plants” to Done'];
    expect((await bob.activity()).slice(3)).toEqual(told);
    const { body } = await api(tokenFor('carol')).get('tasks/2');
    expect(body).toMatchObject({ status: 'done', revision: 4 });
  });

  it('that is let go outside, at its own place, or while Escape is pressed, is where it was, and is not opened', async () => {
    const { address, api } = await demoWith('Water the plants', 'Paint the door');
    const alice = await openBoard(address, 'Alice');
    const { page } = alice;
    await alice.drag('Water the plants', page.getByRole('button', { name: 'Log out' }));
    await alice.drag('Water the plants', alice.card('Paint the door'));
    await alice.card('Water the plants').hover();
    await page.mouse.down();
    await alice.column('Done').hover();
    await page.locator('.ghost').waitFor();
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await page.locator('.ghost, .slot, dialog').count()).toBe(0);
    expect(await alice.titles('To do')).toEqual(['Water the plants', 'Paint the door']);
    expect((await api(tokenFor('carol')).get('tasks/1')).body).toMatchObject({ revision: 1 });
  });

  it('is moved with the keys, and keeps the focus', async () => {
    const { address } = await demoWith('one', 'two', 'three');
    const alice = await openBoard(address, 'Alice');
    const bob = await openBoard(address, 'Bob');
    await alice.card('three').focus();
    const press = (keys: string) => alice.page.keyboard.press(keys);
    await press('Shift+ArrowUp');
    await until(async () => (await bob.titles('To do'))[1] === 'three', 'the move up');
    await press('Shift+ArrowDown');
    await until(async () => (await bob.titles('To do'))[2] === 'three', 'the move down');
    await press('Shift+ArrowRight');
    await bob.column('In progress').getByText('three').waitFor();
    await press('Shift+ArrowLeft');
    await until(async () => (await bob.titles('To do'))[0] === 'three', 'the move back');
    expect(await bob.titles('To do')).toEqual(['three', 'one', 'two']);
    await press('Enter');
    await alice.page.getByRole('dialog', { name: 'three' }).waitFor();
  });

  it('is back where it was when the server refuses, which is told', async () => {
    const { address } = await demoWith('Water the plants');
    const alice = await openBoard(address, 'Alice');
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    await alice.page.route('**/api/tasks/1', async (route) => {
      await asked;
      await route.fulfill({ status: 503, json: { message: 'The database is away.' } });
    });
    await alice.drag('Water the plants', alice.column('Done'));
    await alice.column('Done').getByText('Water the plants').waitFor();
    answer();
    await alice.column('To do').getByText('Water the plants').waitFor();
    await alice.shows('“Water the plants” could not be moved. The database is away.');
  });

  it('is added, edited and deleted, and others see it', async () => {
    const { address } = await demoWith();
    const alice = await openBoard(address, 'Alice');
    const bob = await openBoard(address, 'Bob');
    await alice.add('Water the plants');
    await bob.card('Water the plants').click();
    await bob.page.getByLabel('Title').fill('Water the fern');
    await bob.page.getByLabel('Column').selectOption('Done');
    await bob.page.getByRole('button', { name: 'Save' }).click();
    await alice.column('Done').getByText('Water the fern').waitFor();
    await alice.card('Water the fern').click();
    await alice.page.getByRole('button', { name: 'Delete' }).click();
    await until(async () => (await bob.titles('Done')).length === 0, 'the deletion');
    const told = [
      'Alice added “Water the plants” to To do',
      'Bob moved “Water the plants” to Done and renamed it to “Water the fern”',
      'Alice deleted “Water the fern”',
    ];
    expect(await alice.activity()).toEqual(told);
    expect(await bob.activity()).toEqual(told);
  });
});
