import type { ComponentChildren } from 'preact';
import type { RoomReport } from './answers';
import { recheck, sayInRoom } from './actions';
import { useDesk } from './desk';
import { bytes, count, number } from './format';
import { Members } from './members';
import { to } from './route';
import { Empty, Loading, Trouble } from './states';
import { Tail } from './tail';
import { usePoll } from './use-poll';

const EVERY_MS = 2_000;

/** One room: who is in, where its stream is, and what is said. */
export function RoomView({ room }: { readonly room: string }) {
  const { api, ask } = useDesk();
  const polled = usePoll(room, () => api.get<RoomReport>(`/rooms/${encodeURIComponent(room)}`), EVERY_MS);
  return (
    <>
      <section class="card" aria-label="Room">
        <header>
          <a href={to('rooms')}>Rooms</a>
          <h1 class="code">{room}</h1>
          <div class="buttons">
            <button onClick={() => ask(sayInRoom(api, room))}>Message</button>
            <button onClick={() => ask(recheck(api, room))}>Recheck</button>
          </div>
        </header>
        <About room={room} polled={polled} />
      </section>
      <div class="halves">
        <section class="card" aria-label="Members">
          <header>
            <h2>Members</h2>
          </header>
          <Members room={room} members={polled.told?.members} more={polled.told?.has_more} />
        </section>
        <Tail room={room} />
      </div>
    </>
  );
}

interface AboutProps {
  readonly room: string;
  readonly polled: ReturnType<typeof usePoll<RoomReport>>;
}

function About({ room, polled: { told, error, ask } }: AboutProps) {
  if (error?.status === 404) return <Empty>Nobody is in {room}, and nothing was said there. It is watched.</Empty>;
  if (!told) return error ? <Trouble error={error} again={ask} /> : <Loading what="the room" />;
  const { connections, kept, offset, epoch, unanswered } = told;
  return (
    <>
      <dl class="about">
        <Fact name="Connections">
          <a href={to('connections', undefined, { room })}>{number(connections)}</a>
        </Fact>
        <Fact name="Offset">{number(offset)}</Fact>
        <Fact name="Epoch">
          <span class="code">{epoch}</span>
        </Fact>
        <Fact name="Kept">
          {kept ? `${count(kept.publications, 'publication')}, ${bytes(kept.bytes)}` : 'not known'}
        </Fact>
      </dl>
      {unanswered.length > 0 && <p class="note">No answer from {unanswered.join(', ')}.</p>}
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
