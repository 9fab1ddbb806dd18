import type { Subscription } from 'rxjs';
import type { Backplane, Delivery, Publication } from '../../src';

let ids = 0;

/** A publication whose body is a JSON text without its end, as rooms make it. */
export function said(text: string, more: Partial<Publication> = {}): Publication {
  return { id: `p${++ids}`, body: Buffer.from(`{"text":${JSON.stringify(text)}`), delivery: 'reliable', ...more };
}

export function textsOf(publications: readonly Publication[]): string[] {
  return publications.map(({ body }) => (JSON.parse(`${Buffer.from(body).toString()}}`) as { text: string }).text);
}

/** What a backplane delivered, for tests that wait for it. */
export class Heard {
  readonly all: Delivery[] = [];
  readonly #subscription: Subscription;
  #waiting: { count: number; resolve: () => void } | undefined;

  constructor(backplane: Backplane) {
    this.#subscription = backplane.deliveries.subscribe((delivery) => {
      this.all.push(delivery);
      if (this.#waiting && this.all.length >= this.#waiting.count) this.#waiting.resolve();
    });
  }

  get texts(): string[] {
    return textsOf(this.all.map(({ publication }) => publication));
  }

  /** Waits for so many deliveries. */
  async until(count: number): Promise<void> {
    if (this.all.length < count) await new Promise<void>((resolve) => (this.#waiting = { count, resolve }));
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}
