import type { RoomMember } from './answers';
import { ban, kickUser, sayToUser } from './actions';
import { useDesk } from './desk';
import { moment, number } from './format';
import { PLACES } from './places';
import { to } from './route';
import { Empty } from './states';
import { Column, Table } from './table';

interface Props {
  readonly room: string;
  readonly members?: readonly RoomMember[];
  readonly more?: boolean;
}

export function Members({ room, members = [], more }: Props) {
  const columns = useColumns(channelOf(room));
  if (!members.length) return <Empty>No members.</Empty>;
  return (
    <>
      <Table caption="Members" columns={columns} rows={members} keyOf={({ user_id }) => user_id} />
      {more && (
        <p class="note">
          The first {members.length}. All of them are under{' '}
          <a href={to('connections', undefined, { room })}>connections</a>.
        </p>
      )}
    </>
  );
}

function useColumns(channel: string | undefined): Column<RoomMember>[] {
  const { api, ask } = useDesk();
  return [
    { name: 'User', of: (member) => <Who {...member} /> },
    { name: 'Connections', of: ({ connections }) => number(connections), kind: 'number' },
    {
      name: 'Since',
      of: ({ joined_at }) => <time dateTime={joined_at}>{moment(joined_at)}</time>,
      kind: 'number',
    },
    {
      name: 'Actions',
      kind: 'actions',
      of: ({ user_id }) => (
        <>
          <button aria-label={`Message ${user_id}`} onClick={() => ask(sayToUser(api, user_id))}>
            Message
          </button>
          <button aria-label={`Kick ${user_id}`} onClick={() => ask(kickUser(api, user_id))}>
            Kick
          </button>
          {channel && (
            <button aria-label={`Ban ${user_id}`} onClick={() => ask(ban(api, channel, user_id))}>
              Ban
            </button>
          )}
        </>
      ),
    },
  ];
}

function Who({ user_id, name }: RoomMember) {
  return (
    <>
      <a href={to('connections', undefined, { search: user_id })}>{user_id}</a>
      {name !== undefined && name !== user_id && <span class="muted"> {name}</span>}
    </>
  );
}

/** Only channels know bans, and their routes may be off. */
function channelOf(room: string): string | undefined {
  return PLACES.channels && room.startsWith('channel:') ? room.slice('channel:'.length) : undefined;
}
