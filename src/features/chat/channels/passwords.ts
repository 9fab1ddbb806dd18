import { Injectable } from '@nestjs/common';
import { optionalPackage } from '../../../options/packages';
import { RealtimeError } from '../../../protocol/errors';

/** argon2id, as OWASP has it: 19 MiB, two passes, one lane. */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** At once, of the four threads that files and name look-ups share; each takes some 30 ms. */
const MAX_RUNNING = 2;
const MAX_WAITING = 200;

/** Loaded with the first password: no other channel needs it. */
function argon2(): typeof import('@node-rs/argon2') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return optionalPackage('@node-rs/argon2', 'A channel with a password', () => require('@node-rs/argon2'));
}

/** Hashes and checks passwords on other threads, a few at a time. */
@Injectable()
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @throws RealtimeError `unavailable` when too many wait */
  hash(password: string): Promise<string> {
    return this.#run(() => argon2().hash(password, PARAMETERS));
  }

  /** @throws RealtimeError `unavailable` when too many wait */
  verify(hashed: string, password: string): Promise<boolean> {
    return this.#run(() => argon2().verify(hashed, password));
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= MAX_WAITING)
      throw new RealtimeError('unavailable', 'Too many passwords are being checked. Try again later.');
    if (this.#running < MAX_RUNNING) this.#running++;
    // Whoever ends hands its place on.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
