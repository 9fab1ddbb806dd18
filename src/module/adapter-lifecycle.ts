import {
  Inject,
  Injectable,
  OnApplicationBootstrap,
  OnApplicationShutdown,
  OnModuleInit,
  Optional,
} from '@nestjs/common';
import { ShutdownTasks } from '../gateway/shutdown/shutdown-tasks';
import { Nodes } from '../nodes/nodes';
import { Backplane } from '../publishing/backplane';
import { SharedAdapters } from '../publishing/shared-adapters';
import { RoomKinds } from '../rooms/room-kinds';
import { Storage } from '../storage/storage';

/** Opens the adapters of a process when all of them were created, and closes them when the features have finished. */
@Injectable()
export class AdapterLifecycle implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly backplane: Backplane,
    private readonly storage: Storage,
    private readonly kinds: RoomKinds,
    private readonly tasks: ShutdownTasks,
    @Optional() private readonly nodes?: Nodes,
    @Optional() @Inject(SharedAdapters) private readonly shared?: SharedAdapters,
  ) {}

  onModuleInit(): void {
    this.backplane.configure(this.kinds.retention);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.nodes?.open();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.tasks.run();
    await this.nodes?.close();
    await this.backplane.close();
    await this.shared?.close();
    await this.storage.close();
  }
}
