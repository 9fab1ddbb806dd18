import { endPrograms, temporaryDirectory } from '../support/program';
import { AttackedServer } from './support/attacked-server';
import { Victim } from './support/victim';

const directory = temporaryDirectory();
const MIB = 1024 * 1024;

afterEach(endPrograms);

it('large JSON frames of many values delay the pings of another user little', async () => {
  const server = await AttackedServer.start(directory);
  const victim = await Victim.of(server);
  const before = server.residentBytes;
  const attack = server.attack('many-values');
  const { p50, p99, count } = await victim.pingsDuring(attack.exit);
  expect(await attack.exit).toBe(0);
  expect(count).toBeGreaterThan(20);
  expect(p50).toBeLessThan(100);
  expect(p99).toBeLessThan(500);
  expect(victim.connected).toBe(true);
  expect(server.residentBytes - before).toBeLessThan(200 * MIB);
});
