import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from './environment';

/**
 * The secret kept in the data directory, drawn at the first start: tokens stay good over restarts.
 * @throws EnvironmentError when it can be neither read nor written
 */
export function keptSecret(dataDir: string): string {
  const file = join(dataDir, 'jwt-secret');
  const secret = readOrDraw(dataDir, file);
  if (Buffer.byteLength(secret) >= 32) return secret;
  throw new EnvironmentError(`${file} holds less than 32 bytes. Delete it, and the next start draws a new secret`);
}

function readOrDraw(dataDir: string, file: string): string {
  try {
    mkdirSync(dataDir, { recursive: true });
    if (!existsSync(file)) draw(file);
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message = `DATA_DIR must be a directory this process may write to, got '${dataDir}' (${code})`;
    throw new EnvironmentError(message, { cause });
  }
}

/** Readable by its owner alone. */
function draw(file: string): void {
  writeFileSync(file, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
}
