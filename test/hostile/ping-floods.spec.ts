import { endPrograms, temporaryDirectory } from '../support/program';
import { AttackedServer } from './support/attacked-server';
import { Victim } from './support/victim';

const directory = temporaryDirectory();

afterEach(endPrograms);

it('twenty connections that flood with pings do not delay the pings of another user', async () => {
  const server = await AttackedServer.start(directory);
  const victim = await Victim.of(server);
  let best = Infinity;
  // What else delays a ping, as a busy machine, does not do so each time; a flood that is answered does.
  for (let round = 0; round < 3 && best >= 250; round++) {
    const attack = server.attack('ping-floods');
    const { p99, count } = await victim.pingsDuring(attack.exit);
    expect(await attack.exit).toBe(0);
    expect(count).toBeGreaterThan(20);
    best = Math.min(best, p99);
  }
  expect(best).toBeLessThan(250);
  expect(victim.connected).toBe(true);
});
