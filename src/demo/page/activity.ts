/** Something that happened. */
export interface Entry {
  readonly text: string;
  /** When it happened; not known of what was found when the board was loaded anew. */
  readonly at?: Date;
  /** It happened while this page was away. */
  readonly missed: boolean;
}

/** What happened while this page was away. */
export interface Missed {
  readonly changes: number;
  readonly messages: number;
  /** It was more than the server keeps, or the server was started anew: the board was loaded again. */
  readonly reloaded: boolean;
}

const KEPT = 100;

/** What happened to the board since the page was opened, the latest first; and what of it was missed. */
export class Activity {
  readonly #entries: Entry[] = [];
  #missed: Missed | undefined;
  #away = false;
  #changes = 0;
  #messages = 0;

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Until the user has seen it. */
  get missed(): Missed | undefined {
    return this.#missed;
  }

  /** The connection is lost. What is replayed from now on was missed. */
  left(): void {
    this.#away = true;
  }

  add(text: string, at: Date | undefined, replayed: boolean): void {
    const missed = replayed && this.#away;
    if (missed) this.#changes++;
    this.#entries.unshift({ text, at, missed });
    this.#entries.splice(KEPT);
  }

  addMessages(count: number): void {
    if (this.#away) this.#messages += count;
  }

  /** All that was missed is here. */
  caughtUp(reloaded: boolean): void {
    const missed = { changes: this.#changes, messages: this.#messages, reloaded };
    if (missed.changes || missed.messages) this.#missed = missed;
    this.#away = false;
    this.#changes = this.#messages = 0;
  }

  seen(): void {
    this.#missed = undefined;
  }
}
