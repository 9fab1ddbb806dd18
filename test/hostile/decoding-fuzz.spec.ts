import { join } from 'node:path';
import { REGISTER } from '../support/cluster';
import { endPrograms, Program } from '../support/program';

const FUZZ = join(__dirname, 'support/decoder-fuzz.ts');
const SMALL_HEAP = ['--max-old-space-size=64', '--min-semi-space-size=16', '--expose-gc'];
const FRAMES = 600;

/** `SEED=17 npx jest decoding-fuzz` decodes the frames of one seed again. */
const seed = process.env.SEED ?? String(Math.floor(Math.random() * 2 ** 32));

afterEach(endPrograms);

it(`both decoders read or refuse every frame, at little cost: seed ${seed}`, async () => {
  const fuzz = new Program(process.execPath, [...SMALL_HEAP, '--require', REGISTER, FUZZ, seed, String(FRAMES)]);
  const code = await fuzz.exit;
  expect([code, fuzz.stderr]).toEqual([0, '']);
  const { read, refused } = JSON.parse(fuzz.stdout) as { read: number; refused: number };
  expect(read + refused).toBe(FRAMES);
  // Both ways are tried often, or the frames are none that say anything.
  expect(Math.min(read, refused)).toBeGreaterThan(FRAMES / 10);
}, 60_000);
