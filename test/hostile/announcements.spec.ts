import { endPrograms, temporaryDirectory } from '../support/program';
import { AttackedServer } from './support/attacked-server';
import { Victim } from './support/victim';

const directory = temporaryDirectory();
const MIB = 1024 * 1024;
const MESSAGE_PACK = { options: { messagePack: { enabled: true } } };

afterEach(endPrograms);

it.each([
  ['150 bytes from a client without a token', [], 1],
  ['up to 512 KiB from a signed-in client', ['mallory'], 5],
])('MessagePack frames that announce more than they hold, %s, cost nothing', async (_name, args, connections) => {
  const server = await AttackedServer.start(directory, MESSAGE_PACK);
  const victim = await Victim.of(server);
  const before = server.residentBytes;
  const attack = server.attack('announcements', ...args);
  const { p99 } = await victim.pingsDuring(attack.exit);
  expect(await attack.exit).toBe(0);
  expect(attack.stdout).toBe('invalid_message\n'.repeat(connections));
  expect(p99).toBeLessThan(250);
  expect(victim.connected).toBe(true);
  expect(server.residentBytes - before).toBeLessThan(100 * MIB);
});

it('without MessagePack turned on they are closed unread', async () => {
  const server = await AttackedServer.start(directory);
  const victim = await Victim.of(server);
  const attack = server.attack('announcements', 'mallory');
  await victim.pingsDuring(attack.exit);
  expect(attack.stdout).toBe('1003\n'.repeat(5));
  expect(victim.connected).toBe(true);
});
