import type { BrowserContextOptions, Page } from 'playwright-core';
import { openPage } from './browser';
import { tokenFor } from './tokens';

// Browsers start and draw here, which on a busy machine takes seconds.
jest.setTimeout(60_000);

interface Place {
  readonly port: number;
}

/** The console of a server, at its door. */
export function openDoor({ port }: Place, options?: BrowserContextOptions, hash = ''): Promise<Page> {
  return openPage(`http://127.0.0.1:${port}/realtime/console${hash}`, options);
}

/** And inside, as an administrator, at a view. */
export async function openConsole(server: Place, hash = '', options?: BrowserContextOptions): Promise<Page> {
  const page = await openDoor(server, options, hash);
  await signIn(page, tokenFor('root', { roles: ['admin'] }));
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  return page;
}

export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** To another view of the page that is open. */
export async function turnTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
}
