import { endPrograms, temporaryDirectory } from '../support/program';
import { AttackedServer } from './support/attacked-server';
import { Victim } from './support/victim';

const directory = temporaryDirectory();

afterEach(endPrograms);

/** At once and within the five seconds of the attack, which may last longer on a busy machine. */
const MAX_CONNECTIONS = 40 + 2 * 10;
const MAX_JOINS_OF_EACH = 20 + 10 * 3;

it('one token that connects again and again makes few connections and joins few rooms by its query', async () => {
  const server = await AttackedServer.start(directory);
  const victim = await Victim.of(server);
  const attack = server.attack('query-joins');
  const { p50, count } = await victim.pingsDuring(attack.exit);
  const [, connections, joins] = await attack.prints(/connections (\d+), joins (\d+)\./);
  expect(Number(connections)).toBeGreaterThanOrEqual(40);
  expect(Number(connections)).toBeLessThanOrEqual(MAX_CONNECTIONS);
  expect(Number(joins)).toBeLessThanOrEqual(MAX_JOINS_OF_EACH * Number(connections));
  expect(count).toBeGreaterThan(20);
  expect(p50).toBeLessThan(100);
  // Others come in from the same address, and join the rooms of their query.
  const bob = await server.connect('bob', '?project_id=1');
  await bob.next('room_joined');
  expect(victim.connected).toBe(true);
});
