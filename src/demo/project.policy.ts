import { Injectable } from '@nestjs/common';
import { Identity, RealtimeError, RoomAction, RoomName, RoomPolicy } from '../index';
import { Store } from './store/store';

/**
 * Who may do what in which room. In the demo everyone works on every project, so it only asks whether there is one;
 * a real one would look up whether `identity.userId` belongs to it. Other rooms, for instance for chat, are open.
 */
@Injectable()
export class ProjectPolicy extends RoomPolicy {
  constructor(private readonly store: Store) {
    super();
  }

  override async can(_identity: Identity, _action: RoomAction, room: RoomName): Promise<boolean> {
    const [, kind, id] = /^(project|board):(.*)$/.exec(room) ?? [];
    if (!kind) return true;
    const { projects, boards } = this.store.tables;
    if (!(await (kind === 'project' ? projects : boards).has(id)))
      throw new RealtimeError('not_found', `There is no ${kind} ${id}.`);
    return true;
  }
}
