import { useEffect, useRef, useState } from 'preact/hooks';
import { Avatar } from './avatar';
import type { OpenProject } from './open-project';
import { useShown } from './shown';
import type { Message, Talk } from './talk';
import { timeOf } from './time';

/** What is said about the project, and who is about to say something. */
export function Chat({ project, ownId }: { project: OpenProject; ownId: string }) {
  const talk = useShown(project.talk);
  const log = useRef<HTMLDivElement>(null);
  const { messages, unsent } = talk;
  const last = messages.at(-1)?.id;
  useEffect(() => log.current?.scrollTo({ top: log.current.scrollHeight }), [last, unsent.size]);
  return (
    <div class="chat">
      <div class="messages" ref={log} role="log" aria-label="Messages">
        <ol>
          {!talk.complete && <li class="quiet">What was said before could not be loaded.</li>}
          {talk.complete && !messages.length && !unsent.size && <li class="quiet">Nobody has said anything yet.</li>}
          {messages.map((message, at) => (
            <Said key={message.id} message={message} own={message.user.id === ownId} goesOn={goesOn(messages, at)} />
          ))}
          <UnsentMessages talk={talk} />
        </ol>
      </div>
      <p class="typists quiet" role="status">
        {whoTypes(talk.typists)}
      </p>
      <Composer project={project} />
    </div>
  );
}

/** Under the same name, shortly after: the name is not said again. */
function goesOn(messages: readonly Message[], at: number): boolean {
  const [before, message] = [messages[at - 1], messages[at]];
  return before?.user.id === message.user.id && Date.parse(message.sentAt) - Date.parse(before.sentAt) < 300_000;
}

function Said({ message, own, goesOn }: { message: Message; own: boolean; goesOn: boolean }) {
  const { text, user, sentAt } = message;
  return (
    <li class={`said ${own ? 'own' : ''} ${goesOn ? 'goes-on' : ''}`}>
      {!goesOn && (
        <span class="who">
          <Avatar userId={user.id} name={user.name} />
          <strong>{user.name ?? user.id}</strong>
          <span class="quiet">{timeOf(new Date(sentAt))}</span>
        </span>
      )}
      <span class="text">{text}</span>
    </li>
  );
}

function UnsentMessages({ talk }: { talk: Talk }) {
  return [...talk.unsent].map((message, at) => (
    <li key={`unsent-${at}`} class="said own unsent">
      <span class="text">{message.text}</span>
      {message.error ? (
        <span class="error">
          Not sent. {message.error}{' '}
          <button class="link-like" onClick={() => void talk.sendAgain(message)}>
            Try again
          </button>
        </span>
      ) : (
        <span class="quiet">Sending…</span>
      )}
    </li>
  ));
}

function Composer({ project }: { project: OpenProject }) {
  const [text, setText] = useState('');
  const send = (event: Event): void => {
    event.preventDefault();
    if (!text.trim()) return;
    setText('');
    void project.say(text.trim());
  };
  const write = (value: string): void => {
    setText(value);
    project.typing();
  };
  return (
    <form class="composer" onSubmit={send}>
      <input
        aria-label="Message"
        placeholder="Message"
        value={text}
        onInput={({ currentTarget }) => write(currentTarget.value)}
        maxLength={4000}
        autoComplete="off"
      />
      <button class="primary">Send</button>
    </form>
  );
}

function whoTypes(names: readonly string[]): string {
  if (!names.length) return '';
  if (names.length > 3) return `${names.length} people are typing…`;
  const list = new Intl.ListFormat('en').format(names);
  return `${list} ${names.length === 1 ? 'is' : 'are'} typing…`;
}
