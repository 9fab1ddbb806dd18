import { endPrograms, temporaryDirectory } from '../support/program';
import { AttackedServer } from './support/attacked-server';
import { slowLink } from './support/slow-link';

const directory = temporaryDirectory();
const stopped: (() => void)[] = [];

afterEach(async () => {
  for (const stop of stopped.splice(0)) stop();
  await endPrograms();
});

/** 24 Mbit/s. */
const BYTES_PER_SECOND = 3_000_000;

it('one member that broadcasts the largest frames closes no member that reads 24 Mbit/s', async () => {
  const server = await AttackedServer.start(directory, { options: { clientEvents: ['wall.painted'] } });
  const names = Array.from({ length: 10 }, (_, n) => `member${n}`);
  const members = await Promise.all(names.map((name) => server.connect(name)));
  for (const member of members) {
    await member.join('chat:lobby');
    stopped.push(slowLink(member, BYTES_PER_SECOND));
  }
  const attack = server.attack('loud-member');
  expect(await attack.exit).toBe(0);
  for (const member of members) {
    await member.next('wall.painted');
    await member.request('chat', { room: 'chat:lobby', text: 'still here' });
  }
  const painted = members[0].frames.filter(({ type }) => type === 'wall.painted').length;
  expect(painted).toBeLessThan(10);
  expect(members.map(({ connected }) => connected)).toEqual(names.map(() => true));
});
