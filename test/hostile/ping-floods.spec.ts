import { endPrograms, temporaryDirectory } from '../support/program';
import { AttackedServer } from './support/attacked-server';
import { Victim } from './support/victim';

const directory = temporaryDirectory();

afterEach(endPrograms);

it('twenty connections that flood with pings do not delay the pings of another user', async () => {
  const server = await AttackedServer.start(directory);
  const victim = await Victim.of(server);
  const attack = server.attack('ping-floods');
  const { p99, count } = await victim.pingsDuring(attack.exit);
  expect(await attack.exit).toBe(0);
  expect(count).toBeGreaterThan(20);
  expect(p99).toBeLessThan(250);
  expect(victim.connected).toBe(true);
});
