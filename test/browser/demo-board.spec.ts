import { closeBrowser, closePages, screenshot } from '../support/browser';
import { demo, stopDemos } from '../support/demo';
import { openBoard } from '../support/demo-board';

jest.setTimeout(60_000);

afterEach(async () => {
  await closePages();
  await stopDemos();
});

afterAll(closeBrowser);

describe('x', () => {
  it('y', async () => {
    const { address } = await demo();
    const alice = await openBoard(address, 'Alice Miller');
    await alice.page.getByRole('button', { name: 'begin with a few examples' }).click();
    await alice.card('Start the server').waitFor();
    const bob = await openBoard(address, 'Bob');
    await bob.page.getByRole('textbox', { name: 'Message' }).fill('Who waters the plants?');
    await bob.page.getByRole('button', { name: 'Send' }).click();
    await bob.page.getByRole('textbox', { name: 'Message' }).fill('Wh');
    await alice.page.getByText('Bob is typing').waitFor();
    await screenshot(alice.page, 'board-light');
  });
});
