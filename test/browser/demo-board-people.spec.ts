import { closeBrowser, closePages } from '../support/browser';
import { demo, stopDemos } from '../support/demo';
import { type BoardPage, openBoard } from '../support/demo-board';
import { until } from '../support/until';

jest.setTimeout(60_000);

afterEach(async () => {
  await closePages();
  await stopDemos();
});

afterAll(closeBrowser);

/** Waits until these are the people a page shows. */
async function showsPeople({ page }: BoardPage, ...names: string[]): Promise<void> {
  const people = page.getByRole('list', { name: 'Here now' }).getByRole('listitem');
  const shown = async () => (await people.locator('.unseen').allTextContents()).join();
  await until(async () => (await shown()) === names.join(), `${names.join(' and ')} being here`);
}

describe('people on the board', () => {
  it('see each other come, and go at once when a page is closed, or its user logs out', async () => {
    const { address } = await demo();
    const alice = await openBoard(address, 'Alice');
    await showsPeople(alice, 'Alice');
    const bob = await openBoard(address, 'Bob');
    const carol = await openBoard(address, 'Carol');
    await showsPeople(alice, 'Alice', 'Bob', 'Carol');
    await showsPeople(carol, 'Alice', 'Bob', 'Carol');
    await bob.page.close({ runBeforeUnload: true });
    await showsPeople(alice, 'Alice', 'Carol');
    await carol.page.getByRole('button', { name: 'Log out' }).click();
    await carol.page.getByLabel('Your name').waitFor();
    await showsPeople(alice, 'Alice');
  });

  it('stay when they load the page anew, as who they were', async () => {
    const { address } = await demo();
    const alice = await openBoard(address, 'Alice');
    const bob = await openBoard(address, 'Bob');
    await showsPeople(alice, 'Alice', 'Bob');
    await bob.page.reload();
    await bob.shows('Live');
    await showsPeople(alice, 'Alice', 'Bob');
    await showsPeople(bob, 'Alice', 'Bob');
  });

  it('chat, and see who types until it is said', async () => {
    const { address } = await demo();
    const alice = await openBoard(address, 'Alice');
    const bob = await openBoard(address, 'Bob');
    await alice.message.pressSequentially('Who waters the plants?');
    await bob.shows('Alice is typing…');
    await alice.page.keyboard.press('Enter');
    await bob.shows('Who waters the plants?');
    await until(async () => (await bob.page.getByText('Alice is typing…').count()) === 0, 'the end of the typing');
    await bob.say('I do.');
    await alice.shows('I do.');
    const carol = await openBoard(address, 'Carol');
    await carol.shows('I do.');
    expect(await carol.page.locator('.said .text').allTextContents()).toEqual(['Who waters the plants?', 'I do.']);
    expect(await carol.page.locator('.said strong').allTextContents()).toEqual(['Alice', 'Bob']);
  });

  it('are in the project they look at, and hear of new ones', async () => {
    const { address } = await demo();
    const alice = await openBoard(address, 'Alice');
    const bob = await openBoard(address, 'Bob');
    await bob.page.getByLabel('Project').selectOption('New project…');
    await bob.page.getByLabel('Name of the project').fill('Garden');
    await bob.page.keyboard.press('Enter');
    await showsPeople(bob, 'Bob');
    await showsPeople(alice, 'Alice');
    await alice.page.getByLabel('Project').selectOption('Garden');
    await showsPeople(bob, 'Bob', 'Alice');
    await alice.page.getByRole('button', { name: 'Board', exact: true }).click();
    await alice.page.getByLabel('Name of the board').fill('Spring');
    await alice.page.keyboard.press('Enter');
    await bob.page.getByRole('button', { name: 'Spring' }).waitFor();
    await bob.add('Sow the beans');
    await alice.card('Sow the beans').waitFor();
  });
});
