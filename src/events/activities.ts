import { Injectable } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';

/** Something that a user, an administrator or the application did. */
export interface Activity {
  /** What was done, such as `chat_sent`. Each feature documents its own. */
  readonly type: string;
  readonly user?: string;
  readonly room?: string;
  /** The target: the id of a message, a connection or a node, a user, an event, or the names of a channel's settings. */
  readonly target?: string;
  /** A close code, the reason of a refusal or an eviction, or the role that was given. */
  readonly code?: string;
  readonly connection?: string;
  readonly address?: string;
}

/** Announces what was done to the listeners, such as the audit. Without a listener nothing is kept. */
@Injectable()
export class Activities {
  readonly #recorded = new Subject<Activity>();
  readonly recorded: Observable<Activity> = this.#recorded.asObservable();

  record(activity: Activity): void {
    this.#recorded.next(activity);
  }
}
