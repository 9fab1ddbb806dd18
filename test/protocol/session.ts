import { JwtService } from '@nestjs/jwt';
import { runInThisContext } from 'node:vm';
import type { TestClient } from '../support/client';
import { ChannelModeration, ChannelsService } from '../../src/features/chat';
import { PresenceOptions } from '../../src/features/presence/presence.options';
import { Realtime, realtime, RealtimeTestOptions } from '../support/realtime';
import { nowInSeconds, SECRET, tokenFor } from '../support/tokens';
import type { Example, Step } from './document';
import { ForgetfulBackplane } from './forgetful-backplane';
import { Samples } from './samples';

const OPTIONS = /^The server has the options `(.+)`\.$/;

/** A client of an example, and how many of its frames the example has told. */
interface Player {
  readonly client: TestClient;
  told: number;
}

/** Everything an example may say that somebody does. */
const DEEDS: readonly [RegExp, (session: Session, ...words: string[]) => unknown][] = [
  [OPTIONS, () => undefined],
  [/^(\w+) connects\.$/, (session, who) => session.connect(who, session.token(id(who)))],
  [/^(\w+) connects to `\/ws(\S+)`\.$/, (session, who, query) => session.connect(who, session.token(id(who)), query)],
  [
    /^(\w+) connects with the role (\w+)\.$/,
    (session, who, role) => session.connect(who, session.token(id(who), [role])),
  ],
  [
    /^(\w+) connects with a token that expires in (\d+) ms\.$/,
    (session, who, ms) => session.connect(who, expiringToken(who, Number(ms))),
  ],
  [/^(\w+) connects without a token\.$/, (session, who) => session.connect(who)],
  [/^(\w+)'s connection breaks\.$/, (session, who) => session.drop(who)],
  [/^(\w+) is closed with (\d+)\.$/, (session, who, code) => session.expectClosed(who, Number(code))],
  [/^The application: `(.+)`$/, (session, code) => session.application(code)],
  [/^The server loses its streams\.$/, (session) => session.backplane.forget()],
  [/^The server's streams may have lost what came last\.$/, (session) => session.backplane.renew()],
];

/** Plays an example against a real server, and compares every frame. */
export class Session {
  readonly #players = new Map<string, Player>();
  readonly #samples = new Samples();
  /** All its tokens are of one second: an example in which they expire together is not played across two. */
  readonly #iat = nowInSeconds();

  private constructor(
    private readonly server: Realtime,
    readonly backplane: ForgetfulBackplane,
  ) {}

  static async play({ steps }: Example): Promise<void> {
    const backplane = new ForgetfulBackplane();
    const session = new Session(await realtime({ ...optionsOf(steps), backplane }), backplane);
    for (const step of steps) await session.#step(step);
    await session.#end();
  }

  token(userId: string, roles: string[] = []): string {
    return tokenFor(userId, { roles, iat: this.#iat });
  }

  async connect(who: string, token?: string, query = ''): Promise<void> {
    const options = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } };
    this.#players.set(who, { client: await this.server.open(query, options), told: 0 });
  }

  async drop(who: string): Promise<void> {
    const { client } = this.#player(who);
    client.drop();
    await client.closed;
    this.#expectAllTold(who);
    this.#players.delete(who);
  }

  async expectClosed(who: string, code: number): Promise<void> {
    expect((await this.#player(who).client.closed).code).toBe(code);
    this.#expectAllTold(who);
    this.#players.delete(who);
  }

  /** What the application's own code does, with the services the module gives it. */
  async application(code: string): Promise<void> {
    const { events, rooms, app } = this.server;
    const run = runInThisContext(`({ events, rooms, channels, moderation, app }) => ${code}`) as (
      services: object,
    ) => unknown;
    const [channels, moderation] = [app.get(ChannelsService), app.get(ChannelModeration)];
    await run({ events, rooms, channels, moderation, app });
  }

  async #step(step: Step): Promise<void> {
    if (step.kind === 'does') return this.#do(step.what);
    for (const frame of step.frames) {
      if (step.kind === 'sends') this.#send(step.who, frame);
      else await this.#receive(step.who, frame);
    }
  }

  #send(who: string, example: string): void {
    this.#player(who).client.raw(JSON.stringify(this.#samples.toActual(this.#withTokens(JSON.parse(example)))));
  }

  async #receive(who: string, text: string): Promise<void> {
    const player = this.#player(who);
    const example = JSON.parse(text) as { type: string };
    await player.client.next(example.type);
    const actual = player.client.frames[player.told++];
    expect(JSON.stringify(actual, null, 1)).toBe(JSON.stringify(this.#samples.expected(example, actual), null, 1));
  }

  async #do(what: string): Promise<void> {
    for (const [sentence, deed] of DEEDS) {
      const words = sentence.exec(what);
      if (words) return void (await deed(this, ...words.slice(1)));
    }
    throw new Error(`No test knows how to do "${what}".`);
  }

  /** Nobody who is still there has got more than the example tells. */
  async #end(): Promise<void> {
    for (const [who, player] of this.#players) {
      await player.client.settled();
      player.told++;
      this.#expectAllTold(who);
    }
  }

  #expectAllTold(who: string): void {
    const { client, told } = this.#player(who);
    expect(client.frames.slice(told)).toEqual([]);
  }

  /** `<a token of alice>` stands for a token. */
  #withTokens(frame: unknown): unknown {
    const text = JSON.stringify(frame).replace(/<a token of (\w+)>/, (_, userId: string) => this.token(userId));
    return JSON.parse(text) as unknown;
  }

  #player(who: string): Player {
    const player = this.#players.get(who);
    if (!player) throw new Error(`${who} is not connected.`);
    return player;
  }
}

function optionsOf(steps: readonly Step[]): RealtimeTestOptions {
  const given = steps.flatMap((step) => (step.kind === 'does' && OPTIONS.exec(step.what)?.[1]) || []);
  const options = JSON.parse(given[0] ?? '{}') as RealtimeTestOptions;
  const presence = { announceMaxConnections: new PresenceOptions().announceMaxConnections, ...options.presence };
  return { ...options, presence, limited: options.rateLimit !== undefined };
}

function id(who: string): string {
  return who.toLowerCase();
}

/** Tokens count in seconds; nothing forbids fractions of them. */
function expiringToken(who: string, ms: number): string {
  const exp = (Date.now() + ms) / 1000;
  return new JwtService({ secret: SECRET }).sign({ sub: id(who), name: id(who), roles: [], exp });
}
