import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from './environment';
import { keptSecret } from './secret';

describe('the secret the demo keeps', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'nestjs-realtime-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('is drawn once, for the eyes of its owner alone', () => {
    const dataDir = join(directory, 'not', 'there', 'yet');
    const secret = keptSecret(dataDir);
    expect(secret).toMatch(/^[\w-]{64}$/);
    expect(keptSecret(dataDir)).toBe(secret);
    expect(statSync(join(dataDir, 'jwt-secret')).mode & 0o777).toBe(0o600);
  });

  it('is another one in another directory', () => {
    expect(keptSecret(join(directory, 'a'))).not.toBe(keptSecret(join(directory, 'b')));
  });

  it('is refused when it is too short', () => {
    const file = join(directory, 'jwt-secret');
    writeFileSync(file, 'short\n');
    const message = `${file} holds less than 32 bytes. Delete it, and the next start draws a new secret`;
    expect(() => keptSecret(directory)).toThrow(new EnvironmentError(message));
  });

  it('needs a directory to be kept in', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const message = `DATA_DIR must be a directory this process may write to, got '${file}' (EEXIST)`;
    expect(() => keptSecret(file)).toThrow(message);
  });
});
