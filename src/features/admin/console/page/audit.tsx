import { useState } from 'preact/hooks';
import type { AuditRow } from './answers';
import { moment } from './format';
import { Pager } from './pager';
import { replace, to } from './route';
import { Search } from './search';
import { Column, List } from './table';
import { usePages } from './use-pages';

const COLUMNS: Column<AuditRow>[] = [
  { name: 'When', of: ({ at }) => <time dateTime={at}>{moment(at)}</time>, kind: 'code' },
  { name: 'What', of: ({ type }) => type },
  { name: 'Who', of: ({ user }) => user },
  {
    name: 'Room',
    of: ({ room }) => room !== undefined && <a href={to('rooms', room)}>{room}</a>,
    kind: 'code',
  },
  { name: 'To', of: ({ target }) => target, kind: 'code', minor: true },
  { name: 'Code', of: ({ code }) => code, kind: 'code' },
  { name: 'Address', of: ({ address }) => address, kind: 'code', minor: true },
];

/** What happened, the newest first. */
export function AuditView({ user: given }: { readonly user: string }) {
  const [user, setUser] = useState(given);
  const pages = usePages<'entries', AuditRow>('/audit', { user });
  const find = (text: string): void => {
    setUser(text);
    replace(to('audit', undefined, text ? { user: text } : {}));
  };
  return (
    <section class="card" aria-label="Audit">
      <header>
        <h1>Audit</h1>
        <Search label="Entries of a user" hint="A user's whole id" value={user} onSearch={find} />
      </header>
      <List
        caption="Entries"
        columns={COLUMNS}
        polled={pages}
        rows={pages.told?.entries}
        keyOf={({ at, type, user, target }, n) => `${at} ${type} ${user} ${target} ${n}`}
        empty={user ? `Nothing is on record about ${user}.` : 'Nothing is on record, or no audit is kept.'}
      />
      <Pager {...pages} />
    </section>
  );
}
