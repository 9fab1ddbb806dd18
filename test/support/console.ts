import type { BrowserContextOptions, Page } from 'playwright-core';
import { openPage } from './browser';
import type { Realtime } from './realtime';
import { tokenFor } from './tokens';

/** The console of a server, at its door. */
export function openDoor({ port }: Pick<Realtime, 'port'>, options?: BrowserContextOptions, hash = ''): Promise<Page> {
  return openPage(`http://127.0.0.1:${port}/realtime/console${hash}`, options);
}

/** And inside, as an administrator, at a view. */
export async function openConsole(server: Realtime, hash = '', options?: BrowserContextOptions): Promise<Page> {
  const page = await openDoor(server, options, hash);
  await page.getByLabel('Token').fill(tokenFor('root', { roles: ['admin'] }));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  return page;
}
