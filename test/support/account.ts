import type { Word } from './crowd';
import type { Member } from './member';

/** What became of everything that was said. */
export interface Account {
  readonly acknowledged: number;
  readonly shown: number;
  /** Connections that ended and were made anew. */
  readonly reconnected: number;
  readonly resent: number;
  readonly refused: number;
  /** How often somebody was told to load the state anew. */
  readonly told: number;
  /** Acknowledged, and not shown to somebody who was not told either. */
  readonly lost: readonly string[];
  readonly repeated: readonly string[];
  readonly outOfOrder: readonly string[];
  /** What broke the protocol. */
  readonly faults: readonly string[];
}

/** What no fault may lead to. */
export const FLAWLESS = { lost: [], repeated: [], outOfOrder: [], faults: [] };

/** One line for whoever reads the output of the tests. */
export function inWords(what: string, account: Account): string {
  const { acknowledged, shown, reconnected, resent, refused, told, lost, repeated, outOfOrder } = account;
  return (
    `${what}: ${acknowledged} acknowledged, ${shown} shown, ${reconnected} reconnects, ${resent} sent again, ` +
    `${refused} refused, ${told} told to reload; ` +
    `${lost.length} lost, ${repeated.length} repeated, ${outOfOrder.length} out of order`
  );
}

export function takeAccount(members: readonly Member[], words: readonly Word[]): Account {
  const sum = (count: (member: Member) => number): number => members.reduce((all, each) => all + count(each), 0);
  const places = placesOf(members);
  return {
    acknowledged: words.length,
    shown: sum(({ follower }) => follower.shown.length),
    reconnected: sum(({ ends }) => ends.length - 1),
    resent: sum(({ resent }) => resent),
    refused: sum(({ refused }) => refused),
    told: sum(({ told }) => told.length),
    lost: members.flatMap((member) => lostBy(member, words, places)),
    repeated: members.flatMap(repeatedTo),
    outOfOrder: members.flatMap(outOfOrderFor),
    faults: [...members.flatMap(({ faults, follower }) => [...faults, ...follower.faults]), ...disagreements(members)],
  };
}

interface Place {
  readonly epoch: string;
  readonly offset: number;
}

/** Where each word stands, as far as anybody was shown it. */
function placesOf(members: readonly Member[]): Map<string, Place> {
  const shown = members.flatMap(({ follower }) => follower.shown);
  return new Map(shown.map(({ epoch, offset, frame }) => [frame.data.text as string, { epoch, offset }]));
}

function lostBy(member: Member, words: readonly Word[], places: ReadonlyMap<string, Place>): string[] {
  const heard = new Set(member.texts);
  const missed = words.filter(({ text, room }) => room === member.room && !heard.has(text));
  return missed.map(({ text }) => text).filter((text) => !wasTold(member, places.get(text)));
}

/** Whether it was told to go on from behind this place: whoever loads the state anew has it. */
function wasTold({ told }: Member, place: Place | undefined): boolean {
  return told.some(({ epoch, offset }) => place && (place.epoch !== epoch || place.offset <= offset));
}

function repeatedTo({ user, texts }: Member): string[] {
  return texts.filter((text, at) => texts.indexOf(text) !== at).map((text) => `${text}, to ${user}`);
}

/** Nobody says a thing before the one before it was acknowledged. */
function outOfOrderFor({ user, texts }: Member): string[] {
  const last = new Map<string, number>();
  return texts.filter((text) => {
    const [speaker, n] = text.split(' ');
    const number = n === 'last' ? Infinity : Number(n);
    const before = last.get(speaker) ?? -1;
    last.set(speaker, number);
    return number < before && `${text}, to ${user}`;
  });
}

/** Places at which two were shown different words. */
function disagreements(members: readonly Member[]): string[] {
  const texts = new Map<string, string>();
  return members.flatMap(({ user, room, follower }) =>
    follower.shown.flatMap(({ epoch, offset, frame }) => {
      const place = `${room} ${epoch} ${offset}`;
      const text = frame.data.text as string;
      const known = texts.get(place) ?? text;
      texts.set(place, known);
      return known === text ? [] : `${user} was shown "${text}" at ${place}, others "${known}"`;
    }),
  );
}
