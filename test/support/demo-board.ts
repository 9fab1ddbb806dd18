import type { Locator, Page } from 'playwright-core';
import { openPage } from './browser';

type PageOptions = Parameters<typeof openPage>[1];

/** The board in a browser, as its user sees it. */
export class BoardPage {
  constructor(readonly page: Page) {}

  column(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  card(title: string): Locator {
    return this.page.locator('.card-face').filter({ has: this.page.getByText(title, { exact: true }) });
  }

  get message(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  /** The titles in a column, from top to bottom. */
  titles(column: string): Promise<string[]> {
    return this.column(column).locator('.title').allTextContents();
  }

  /** Waits for a text that is all there is in some place of the page. */
  async shows(text: string): Promise<void> {
    await this.page.getByText(text, { exact: true }).waitFor();
  }

  async add(title: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Add a task to To do' }).click();
    await this.page.getByLabel('What is to be done?').fill(title);
    await this.page.keyboard.press('Enter');
    await this.page.keyboard.press('Escape');
    await this.card(title).waitFor();
  }

  /** With the mouse: to the upper half of what is there. */
  async drag(title: string, to: Locator): Promise<void> {
    const { mouse } = this.page;
    await this.card(title).hover();
    await mouse.down();
    const { x, y, width } = (await to.boundingBox())!;
    await mouse.move(x + width / 2, y + 8, { steps: 8 });
    await mouse.up();
  }

  /** With a finger, on the grip of the card: to the upper half of what is there. */
  async pull(title: string, to: Locator): Promise<void> {
    const grip = this.page
      .locator('.card')
      .filter({ has: this.card(title) })
      .locator('.grip');
    const [from, target] = [(await grip.boundingBox())!, (await to.boundingBox())!];
    const finger = await this.page.context().newCDPSession(this.page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
      finger.send('Input.dispatchTouchEvent', { type, touchPoints });
    const x = from.x + from.width / 2;
    await touch('touchStart', [{ x, y: from.y + from.height / 2 }]);
    for (const y of [from.y - 20, target.y + 20, target.y + 8]) await touch('touchMove', [{ x, y }]);
    await touch('touchEnd', []);
  }

  async say(text: string): Promise<void> {
    await this.message.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** What happened, as it is told, from the first to the last. */
  async activity(): Promise<string[]> {
    await this.page.getByRole('button', { name: 'Activity' }).click();
    const entries = await this.page.locator('.activity li > :first-child').allTextContents();
    return entries.reverse();
  }
}

/** Logs in, and waits until the board is live. */
export async function openBoard(address: string, name: string, options: PageOptions = {}): Promise<BoardPage> {
  const page = await openPage(`http://${address}/`, options);
  await page.getByLabel('Your name').fill(name);
  await page.keyboard.press('Enter');
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'To do' }).waitFor();
  return new BoardPage(page);
}
