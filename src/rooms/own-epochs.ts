import { Injectable } from '@nestjs/common';
import type { Connection } from '../connections/connection';

/** In which epoch of its user's own room each connection began: the one its client counts offsets in until told another. */
@Injectable()
export class OwnEpochs {
  readonly #epochs = new WeakMap<Connection, string>();

  begin(connection: Connection, epoch: string): void {
    this.#epochs.set(connection, epoch);
  }

  of(connection: Connection): string {
    return this.#epochs.get(connection)!;
  }
}
