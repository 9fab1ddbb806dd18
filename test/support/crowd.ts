import { Account, takeAccount } from './account';
import type { Fleet } from './fleet';
import { Member, pause } from './member';
import { until } from './until';

/** What its users say: stored chat, their own events, and events the application emits for them. */
export type Speech = 'chat' | 'broadcast' | 'place_order';

interface CrowdOptions {
  readonly speech: readonly Speech[];
  /** @default 3 */
  readonly rooms?: number;
  /** Users in each room. @default 4 */
  readonly members?: number;
  /** How many of them speak. @default 2 */
  readonly speakers?: number;
}

/** What was acknowledged. */
export interface Word {
  readonly text: string;
  readonly room: string;
}

const BETWEEN_WORDS_MS = 20;
/** What a process that was killed was just executing is executed again once its claim has run out, 10 s later. */
const PATIENCE_MS = 30_000;

const present = new Set<Member>();

/** Ends what a test that failed left behind. */
export async function sendHome(): Promise<void> {
  await Promise.all(Array.from(present, (member) => member.leave()));
}

/** Users in rooms on all nodes of a fleet, who talk until they are told to stop, and remember everything. */
export class Crowd {
  readonly members: readonly Member[];
  readonly words: Word[] = [];
  #talking: Promise<void>[] = [];
  #hushed = false;

  private constructor(
    fleet: Fleet,
    private readonly options: Required<CrowdOptions>,
  ) {
    const { rooms, members } = options;
    this.members = Array.from(
      { length: rooms * members },
      (_, i) => new Member(`user${i}`, `project:${i % rooms}`, fleet.pick),
    );
  }

  /** All are in before anybody speaks. */
  static async gather(fleet: Fleet, options: CrowdOptions): Promise<Crowd> {
    const crowd = new Crowd(fleet, { rooms: 3, members: 4, speakers: 2, ...options });
    for (const member of crowd.members) present.add(member);
    await Promise.all(crowd.members.map((member) => member.enter()));
    crowd.#talking = crowd.#speakers.map((member) => crowd.#talk(member));
    return crowd;
  }

  /** Resolves when so many more words were acknowledged. */
  async talksOn(count: number): Promise<void> {
    const enough = this.words.length + count;
    await until(() => this.words.length >= enough, `${count} more words`, PATIENCE_MS);
  }

  /** Resolves when commands were refused so many more times. */
  async isRefused(count: number): Promise<void> {
    const enough = this.#refused + count;
    await until(() => this.#refused >= enough, `${count} more refusals`, PATIENCE_MS);
  }

  /** Everybody ends what they say and hears the last word; then they go, and all is counted. */
  async disperse(): Promise<Account> {
    this.#hushed = true;
    await Promise.all(this.#talking);
    await Promise.all(this.#speakers.map((member) => this.#say(member, 'place_order', `${member.user} last`)));
    await until(() => this.#waitingFor.length === 0, 'the last words', PATIENCE_MS).catch((error: Error) => {
      throw new Error(`${error.message}: ${this.#waitingFor.join(', ')}`);
    });
    await Promise.all(this.members.map((member) => member.leave()));
    for (const member of this.members) present.delete(member);
    return takeAccount(this.members, this.words);
  }

  get #refused(): number {
    return this.members.reduce((all, { refused }) => all + refused, 0);
  }

  get #speakers(): readonly Member[] {
    return this.members.slice(0, this.options.rooms * this.options.speakers);
  }

  /** Who has not heard which speaker's last word. */
  get #waitingFor(): string[] {
    return this.members.flatMap((member) => {
      const heard = new Set(member.texts.slice(-this.options.speakers));
      const others = this.#speakers.filter(({ room }) => room === member.room);
      return others.filter(({ user }) => !heard.has(`${user} last`)).map(({ user }) => `${member.user} for ${user}`);
    });
  }

  async #talk(member: Member): Promise<void> {
    const { speech } = this.options;
    for (let n = 0; !this.#hushed; n++) {
      await this.#say(member, speech[n % speech.length], `${member.user} ${n}`);
      await pause(Math.random() * 2 * BETWEEN_WORDS_MS);
    }
  }

  async #say(member: Member, speech: Speech, text: string): Promise<void> {
    const { room } = member;
    const data = speech === 'broadcast' ? { room, event: 'word.said', data: { text } } : { room, text };
    await member.request(speech, data, text.replace(' ', '-'));
    this.words.push({ text, room });
  }
}
