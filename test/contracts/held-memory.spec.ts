import { join } from 'node:path';
import { REGISTER } from '../support/cluster';
import { endPrograms, Program } from '../support/program';

const PROGRAM = join(__dirname, '../support/held-memory.ts');

afterEach(endPrograms);

/** What a process reports to hold, as a part of what its heap and buffers grew by. */
async function reportedOfHeld(scenario: string): Promise<number> {
  const program = new Program(process.execPath, ['--expose-gc', '--require', REGISTER, PROGRAM, scenario]);
  const [line] = await program.prints(/\{"held".*\}/);
  const { reported, held } = JSON.parse(line) as { reported: number; held: number };
  return reported / held;
}

it.each([
  'small',
  'chat',
  'large',
  'many rooms',
  'few in many rooms',
  'churn',
  'replies',
  'large replies',
  'replies of other scripts',
])('what is reported is what is held, within 20 %%: %s', async (scenario) => {
  const part = await reportedOfHeld(scenario);
  expect(part).toBeGreaterThan(0.8);
  expect(part).toBeLessThan(1.2);
});
