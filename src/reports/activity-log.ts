import type { Activity } from '../events/activities';

/** Chooses entries: those that match all that is given. Times are milliseconds since 1970, `to` excluded. */
export interface ActivityFilter {
  readonly user?: string;
  readonly room?: string;
  readonly type?: string;
  readonly from?: number;
  readonly to?: number;
}

export interface ActivityQuery extends ActivityFilter {
  /** 1..200. @default 50 */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
}

/** An entry as it is kept. */
export type ActivityRecord = Activity & {
  /** Milliseconds since 1970. */
  readonly at: number;
  /**
   * How many there were, if more than one: equal refused logins within a fifth of a second, or what one user did beyond
   * `maxPerUserAndHour`. The rooms and connections of the latter are not known.
   */
  readonly count?: number;
};

export interface ActivityPage {
  /** The newest first. */
  readonly entries: readonly ActivityRecord[];
  /** The cursor of the next page; undefined: there is none. */
  readonly next?: string;
}

/** Reads what was done. A feature provides it: audit. */
export abstract class ActivityLog {
  /** @throws RealtimeError `validation_failed` for a bad limit or cursor, `unavailable` */
  abstract query(query?: ActivityQuery): Promise<ActivityPage>;
}
