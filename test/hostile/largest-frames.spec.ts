import { endPrograms, temporaryDirectory } from '../support/program';
import { AttackedServer } from './support/attacked-server';
import { Victim } from './support/victim';

const directory = temporaryDirectory();

afterEach(endPrograms);

it('twenty connections that send the largest frames do not delay the pings of another user', async () => {
  const server = await AttackedServer.start(directory);
  const victim = await Victim.of(server);
  const attack = server.attack('largest-frames');
  const { p50, p99, count } = await victim.pingsDuring(attack.exit);
  expect(await attack.exit).toBe(0);
  expect(count).toBeGreaterThan(20);
  expect(p50).toBeLessThan(50);
  expect(p99).toBeLessThan(250);
  expect(victim.connected).toBe(true);
});
