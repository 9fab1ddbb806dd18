import { useState } from 'preact/hooks';
import type { RoomRow } from './answers';
import { number } from './format';
import { Pager } from './pager';
import { replace, to } from './route';
import { Search } from './search';
import { Column, List } from './table';
import { usePages } from './use-pages';

const COLUMNS: Column<RoomRow>[] = [
  { name: 'Room', of: ({ room }) => <a href={to('rooms', room)}>{room}</a>, kind: 'code' },
  { name: 'Connections', of: ({ connections }) => number(connections), kind: 'number' },
  { name: 'Nodes', of: ({ nodes }) => number(nodes), kind: 'number' },
];

/** The rooms that have members. */
export function RoomsView({ search: given }: { readonly search: string }) {
  const [search, setSearch] = useState(given);
  const [own, setOwn] = useState(false);
  const pages = usePages<'rooms', RoomRow>('/rooms', { search, kind: own ? 'user' : undefined });
  const find = (text: string): void => {
    setSearch(text);
    replace(to('rooms', undefined, text ? { search: text } : {}));
  };
  return (
    <section class="card" aria-label="Rooms">
      <header>
        <h1>Rooms</h1>
        <Search label="Search rooms" hint="Part of a name" value={search} onSearch={find} />
        <label class="check">
          <input type="checkbox" checked={own} onChange={(event) => setOwn(event.currentTarget.checked)} /> Users' own
        </label>
      </header>
      <List
        caption="Rooms"
        columns={COLUMNS}
        polled={pages}
        rows={pages.told?.rooms}
        keyOf={({ room }) => room}
        empty={search ? `No room with “${search}” in its name has members.` : 'Nobody is in any room.'}
      />
      <Pager {...pages} />
      <p class="note">
        Rooms without members are not listed. {search && <a href={to('rooms', search)}>Open {search}</a>}
      </p>
    </section>
  );
}
