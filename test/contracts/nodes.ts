import { CommandOf, NodeCommand, Nodes, RealtimeError } from '../../src';

/** Nodes of one application; each is closed by the suite. */
export type MakeNodes = (count: number) => Promise<Nodes[]>;

const DISCONNECT: CommandOf<'disconnect_user'> = { type: 'disconnect_user', user: 'ä 𝄞', message: '\r\n"{}' };

/** What nodes promise each other. `make` makes some that are not open yet, as many as the adapter can have, up to three. */
export function describeNodes(name: string, make: MakeNodes): void {
  describe(name, () => {
    const running: Nodes[] = [];

    afterEach(async () => {
      for (const node of running.splice(0)) await node.close();
    });

    /** Nodes that keep what they were asked, and answer with their place in the list. */
    async function open() {
      const nodes = await make(3);
      running.push(...nodes);
      const heard: NodeCommand[][] = nodes.map(() => []);
      nodes.forEach((node, i) =>
        node.handle('disconnect_user', (command) => {
          heard[i].push(command);
          return { connections: i };
        }),
      );
      for (const node of nodes) await node.open();
      return { nodes, heard, names: nodes.map((node) => node.name) };
    }

    it('asks each node once, this one too, and brings their answers by name', async () => {
      const { nodes, heard, names } = await open();
      for (const node of nodes) {
        const { answers, failures, unanswered } = await node.ask(DISCONNECT);
        expect([...answers].sort()).toEqual(names.map((each, i) => [each, { connections: i }]).sort());
        expect([failures.size, unanswered]).toEqual([0, []]);
      }
      for (const commands of heard) expect(commands).toEqual(nodes.map(() => DISCONNECT));
    });

    it('does it here at once, before anything is awaited', async () => {
      const { nodes, heard } = await open();
      const asked = nodes[0].ask(DISCONNECT);
      expect(heard[0]).toEqual([DISCONNECT]);
      nodes[0].tell(DISCONNECT);
      expect(heard[0]).toEqual([DISCONNECT, DISCONNECT]);
      await asked;
    });

    it('tells all nodes, in the order it is told, and waits for none', async () => {
      const { nodes, heard } = await open();
      const users = ['a', 'b', 'c', 'd'];
      for (const user of users) nodes[0].tell({ ...DISCONNECT, user });
      // What is asked behind it is done behind it.
      await nodes[0].ask(DISCONNECT);
      for (const commands of heard) {
        expect(commands.map((command) => 'user' in command && command.user)).toEqual([...users, DISCONNECT.user]);
      }
    });

    it('says which nodes could not do it, and goes on', async () => {
      const { nodes, names } = await open();
      nodes.forEach((node, i) =>
        node.handle('recheck', async ({ room }) => {
          if (room === 'closed') throw new RealtimeError('forbidden', 'Not here.');
          if (i === nodes.length - 1) throw new Error('the database is on fire');
          return { connections: 1 };
        }),
      );
      const refused = await nodes[0].ask({ type: 'recheck', room: 'closed' });
      expect([...refused.failures.keys()].sort()).toEqual([...names].sort());
      for (const error of refused.failures.values()) {
        expect(error).toMatchObject({ code: 'forbidden', message: expect.stringContaining('Not here.') as string });
      }
      const failed = await nodes[0].ask({ type: 'recheck' });
      expect([...failed.failures.keys()]).toEqual(names.slice(-1));
      expect([...failed.answers.keys()].sort()).toEqual(names.slice(0, -1).sort());
      expect((await nodes[0].ask(DISCONNECT)).answers.size).toBe(nodes.length);
    });

    it('answers what it does not know as unknown', async () => {
      const { nodes, names } = await open();
      const commands = [{ type: 'from_the_future', n: 1 }, { type: '__proto__' }, { type: 7 }, {}];
      for (const command of commands as NodeCommand[]) {
        const { answers, failures } = await nodes[0].ask(command);
        expect([answers.size, [...failures.keys()].sort()]).toEqual([0, [...names].sort()]);
        for (const error of failures.values()) expect(error).toMatchObject({ code: 'unknown_type' });
      }
    });

    it('lists the nodes that are open', async () => {
      const { nodes, names } = await open();
      for (const node of nodes) expect([...(await node.list())].sort()).toEqual([...names].sort());
      expect(new Set(names).size).toBe(nodes.length);
    });
  });
}
