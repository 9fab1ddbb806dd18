import { Injectable, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { Backplane, BackplaneState } from './backplane';

/** How it stands with the backplane now. */
@Injectable()
export class BackplaneStatus implements OnModuleInit, OnApplicationShutdown {
  #state: BackplaneState = 'degraded';
  #watching: Subscription | undefined;

  constructor(private readonly backplane: Backplane) {}

  get state(): BackplaneState {
    return this.#state;
  }

  onModuleInit(): void {
    this.#watching = this.backplane.state.subscribe({
      next: (state) => (this.#state = state),
      error: () => (this.#state = 'degraded'),
    });
  }

  onApplicationShutdown(): void {
    this.#watching?.unsubscribe();
  }
}
