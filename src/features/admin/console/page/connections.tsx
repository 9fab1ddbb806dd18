import { useState } from 'preact/hooks';
import type { ConnectionRow } from './answers';
import { kickConnection, kickUser, sayToUser } from './actions';
import { useDesk } from './desk';
import { duration, moment, number } from './format';
import { Pager } from './pager';
import { replace, to } from './route';
import { Search } from './search';
import { Column, List } from './table';
import { usePages } from './use-pages';

/** Who is connected. */
export function ConnectionsView({ search: given, room }: { readonly search: string; readonly room: string }) {
  const [search, setSearch] = useState(given);
  const pages = usePages<'connections', ConnectionRow>('/connections', { search, room });
  const columns = useColumns();
  const find = (text: string): void => {
    setSearch(text);
    replace(to('connections', undefined, { ...(room && { room }), ...(text && { search: text }) }));
  };
  return (
    <section class="card" aria-label="Connections">
      <header>
        <h1>Connections</h1>
        <Search label="Search connections" hint="User, address or id" value={search} onSearch={find} />
        {room && (
          <a class="chip" href={to('connections')} aria-label={`In ${room}: show all instead`}>
            in {room} ×
          </a>
        )}
      </header>
      <List
        caption="Connections"
        columns={columns}
        polled={pages}
        rows={pages.told?.connections}
        keyOf={({ id }) => id}
        empty={search || room ? 'No connection fits.' : 'Nobody is connected.'}
      />
      <Pager {...pages} />
    </section>
  );
}

function useColumns(): Column<ConnectionRow>[] {
  const { api, ask } = useDesk();
  return [
    { name: 'User', of: (row) => <Who {...row} /> },
    { name: 'Rooms', of: ({ rooms }) => <Rooms rooms={rooms} /> },
    { name: 'Address', of: ({ address }) => address, kind: 'code', minor: true },
    { name: 'Node', of: ({ node }) => node, minor: true },
    { name: 'For', of: ({ connected_at }) => <Since at={connected_at} />, kind: 'number' },
    { name: 'In', of: ({ received }) => number(received), kind: 'number' },
    { name: 'Out', of: ({ sent }) => number(sent), kind: 'number' },
    { name: 'Waiting', of: ({ waiting }) => number(waiting), kind: 'number', minor: true },
    { name: 'Errors', of: ({ errors }) => number(errors), kind: 'number' },
    {
      name: 'Actions',
      kind: 'actions',
      of: ({ id, user_id }) => (
        <>
          <button aria-label={`Close ${id}`} onClick={() => ask(kickConnection(api, id, user_id))}>
            Close
          </button>
          {user_id !== undefined && (
            <>
              <button aria-label={`Message ${user_id}`} onClick={() => ask(sayToUser(api, user_id))}>
                Message
              </button>
              <button aria-label={`Kick ${user_id}`} onClick={() => ask(kickUser(api, user_id))}>
                Kick
              </button>
            </>
          )}
        </>
      ),
    },
  ];
}

function Who({ id, user_id, name, user_agent, subprotocol }: ConnectionRow) {
  return (
    <>
      <strong>{user_id ?? 'not yet authenticated'}</strong>
      {name !== undefined && name !== user_id && <span class="muted"> {name}</span>}
      <small class="code" title={user_agent ?? 'It did not say what it is.'}>
        {id} {subprotocol === 'msgpack' && 'msgpack'}
      </small>
    </>
  );
}

const SHOWN = 3;

function Rooms({ rooms }: Pick<ConnectionRow, 'rooms'>) {
  const more = rooms.length - SHOWN;
  return (
    <span class="code">
      {rooms.slice(0, SHOWN).map((room) => (
        <a key={room} href={to('rooms', room)}>
          {room}
        </a>
      ))}
      {more > 0 && <span class="muted" title={rooms.slice(SHOWN).join(' ')}>{`and ${more} more`}</span>}
    </span>
  );
}

function Since({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={moment(at)}>
      {duration(Math.max(0, (Date.now() - Date.parse(at)) / 1000))}
    </time>
  );
}
