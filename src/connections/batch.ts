import { Frame, joined } from './frame';
import type { WireFormat } from './wire-format';

/** Publications of one turn for one audience: joined once in each form, the same bytes for each of them. */
export class Batch {
  #json: Buffer | undefined;
  #forms: Map<WireFormat, Buffer> | undefined;
  /** Outboxes that took it. */
  recipients = 0;

  constructor(readonly frames: readonly Frame[]) {}

  in(form: WireFormat): Buffer {
    if (form === 'json') return (this.#json ??= joined(this.frames, form));
    this.#forms ??= new Map();
    let bytes = this.#forms.get(form);
    if (!bytes) this.#forms.set(form, (bytes = joined(this.frames, form)));
    return bytes;
  }
}
