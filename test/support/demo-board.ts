import type { Locator, Page } from 'playwright-core';
import { openPage } from './browser';

/** A page with the board on it, as its user sees it. */
export interface BoardPage {
  readonly page: Page;
  card(title: string): Locator;
  column(name: string): Locator;
  /** The titles in a column, from top to bottom. */
  titles(column: string): Promise<string[]>;
}

/** Logs in, and waits until the board is live. */
export async function openBoard(
  address: string,
  name: string,
  options: Parameters<typeof openPage>[1] = {},
): Promise<BoardPage> {
  const page = await openPage(`http://${address}/`, options);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Enter' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  const column = (title: string): Locator => page.getByRole('region', { name: title, exact: true });
  return {
    page,
    column,
    card: (title) => page.locator('.card').filter({ hasText: title }),
    titles: (title) => column(title).locator('.title').allTextContents(),
  };
}
