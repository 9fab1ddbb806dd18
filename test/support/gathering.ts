import { TestClient } from './client';
import type { Fleet } from './fleet';
import { Member, pause } from './member';
import { tokenFor } from './tokens';
import { until } from './until';

const ROOM = 'project:0';
/** Within 30 s everybody knows; a busy machine has a little more. */
const PATIENCE_MS = 35_000;
const BETWEEN_QUESTIONS_MS = 50;

interface Watcher {
  readonly client: TestClient;
  readonly at: number;
}

const clients = new Set<TestClient>();
const members = new Set<Member>();

/** Ends who is left of all gatherings. */
export async function endGatherings(): Promise<void> {
  for (const client of clients) client.drop();
  await Promise.all(Array.from(members, (member) => member.leave()));
  clients.clear();
  members.clear();
}

/** Users in one room on the nodes of a fleet, of whom some do nothing but write down who they are told came and left. */
export class Gathering {
  /** Who is connected, over how many connections. */
  readonly #here = new Map<string, number>();
  readonly #watchers: Watcher[] = [];

  constructor(private readonly fleet: Fleet) {}

  /** On this node as long as that lives; its own user, who does not come back. */
  async watcher(user: string, at: number): Promise<void> {
    this.#watchers.push({ client: await this.guest(user, at), at });
  }

  /** Another connection of a user, who does not come back with it. */
  async guest(user: string, at: number): Promise<TestClient> {
    const client = await connect(user, this.fleet.nodes[at].url);
    await client.join(ROOM);
    await this.#comes(user);
    return client;
  }

  /** Who comes back, to wherever `pick` says. */
  async member(user: string, pick: () => string): Promise<Member> {
    const member = new Member(user, ROOM, pick);
    members.add(member);
    await member.enter();
    await this.#comes(user);
    return member;
  }

  /** These will not be back. */
  gone(...users: readonly string[]): void {
    for (const user of users) this.#here.delete(user);
  }

  /** The watchers on this node are not asked any more. */
  forgetWatchersAt(at: number): void {
    this.#watchers.splice(0, Infinity, ...this.#watchers.filter((watcher) => watcher.at !== at));
  }

  /** Resolves when every node lists who is here, and nobody else; with how long that took, ms. */
  async settles(): Promise<number> {
    const start = Date.now();
    const expected = JSON.stringify([...this.#here].map(([user, count]) => `${user} ${count}`).sort());
    let lists: string[] = [];
    const areRight = async (): Promise<boolean> => {
      await pause(BETWEEN_QUESTIONS_MS);
      // A node that has no Redis refuses who connects.
      lists = await Promise.all(this.fleet.nodes.map(({ url }) => listAt(url).catch(String)));
      return lists.every((list) => list === expected);
    };
    await until(areRight, 'the lists', PATIENCE_MS).catch((error: Error) => {
      throw new Error(`${error.message}: expected ${expected}, got ${lists.join(' and ')}`);
    });
    return Date.now() - start;
  }

  /** Resolves when each watcher was told so about this user since it was last asked. */
  async isTold(...news: readonly string[]): Promise<void> {
    const isKnown = () => this.#watchers.every(({ client }) => news.every((each) => newsOf(client).includes(each)));
    await until(isKnown, `the word of ${news.join(', ')}`, PATIENCE_MS).catch((error: Error) => {
      throw new Error(`${error.message}, but ${JSON.stringify(this.#watchers.map(({ client }) => newsOf(client)))}`);
    });
  }

  /**
   * What each watcher was told since it was last asked, sorted by user. Whoever would say something twice has had
   * `afterMs` for it.
   */
  async news(afterMs: number): Promise<string[][]> {
    await pause(afterMs);
    await Promise.all(this.#watchers.map(({ client }) => client.settled()));
    return this.#watchers.map(({ client }) => {
      const news = newsOf(client);
      client.unread.length = 0;
      return news.sort((one, other) => userOf(one).localeCompare(userOf(other)));
    });
  }

  /** Everybody knows of it before the next one comes: what is told later is about something else. */
  async #comes(user: string): Promise<void> {
    const connections = (this.#here.get(user) ?? 0) + 1;
    this.#here.set(user, connections);
    if (connections === 1) await this.isTold(`${user} joined`);
    for (const { client } of this.#watchers) client.unread.length = 0;
  }
}

/** Who a node says is there, to one who is not. */
async function listAt(url: string): Promise<string> {
  const asker = await connect('asker', url);
  const { type, data } = await asker.request<'presence'>('presence', { room: ROOM });
  asker.drop();
  if (type !== 'presence') return JSON.stringify(data);
  return JSON.stringify(data.members.map(({ user_id, connections }) => `${user_id} ${connections}`).sort());
}

async function connect(user: string, url: string): Promise<TestClient> {
  const client = await TestClient.open(url, { headers: { authorization: `Bearer ${tokenFor(user)}` } });
  clients.add(client);
  await client.next('auth_success');
  return client;
}

function newsOf({ unread }: TestClient): string[] {
  const told = unread.filter(({ type }) => type === 'user_joined' || type === 'user_left');
  return told.map(({ type, data }) => `${String(data.user_id)} ${type.slice('user_'.length)}`);
}

function userOf(news: string): string {
  return news.split(' ')[0];
}
