import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';

/** Somebody who was not let in, or not under a new token. */
export interface RefusedAuthentication {
  readonly address: string;
  readonly code: string;
}

/** Tells whoever listens of refused authentications. */
@Injectable()
export class AuthFailures {
  readonly #refused = new Subject<RefusedAuthentication>();
  readonly refused = this.#refused.asObservable();

  tell(refused: RefusedAuthentication): void {
    this.#refused.next(refused);
  }
}
