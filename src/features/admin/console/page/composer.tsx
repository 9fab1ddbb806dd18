import { useState } from 'preact/hooks';
import { FRAME_TEMPLATES, frameText } from './frame-templates';

interface Props {
  readonly room: string;
  readonly onRoom: (room: string) => void;
  readonly open: boolean;
  readonly onSend: (text: string) => void;
}

const ROOM = 'lobby';
let sent = 0;

/** Writes frames, from a list of the protocol's or by hand. */
export function Composer({ room, onRoom, open, onSend }: Props) {
  const [type, setType] = useState('ping');
  const [text, setText] = useState(() => frameText('ping', ROOM, nextId()));
  const write = (wanted: string, where = room): void => {
    setType(wanted);
    setText(frameText(wanted, where || ROOM, nextId()));
  };
  const send = (): void => {
    if (!open) return;
    onSend(compact(text));
    setText(text.replace(/("message_id":\s*)"c-\d+"/, `$1"${nextId()}"`));
  };
  const join = (): void => onSend(compact(frameText('join_room', room || ROOM, nextId())));
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="row">
        <label class="field">
          Room
          <input
            placeholder={ROOM}
            spellcheck={false}
            autocomplete="off"
            value={room}
            onInput={(event) => {
              onRoom(event.currentTarget.value);
              write(type, event.currentTarget.value);
            }}
          />
        </label>
        <button type="button" disabled={!open} onClick={join}>
          Join
        </button>
      </div>
      <label class="field">
        Command
        <select value={type} onChange={(event) => write(event.currentTarget.value)}>
          {Object.keys(FRAME_TEMPLATES).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label class="field">
        Frame
        <textarea
          class="code"
          rows={9}
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
          }}
        />
        <small>{isJson(text) ? 'Ctrl+Enter sends it.' : 'This is no JSON: the server will say so.'}</small>
      </label>
      <footer>
        <button class="main" disabled={!open}>
          Send
        </button>
      </footer>
    </form>
  );
}

function nextId(): string {
  return `c-${++sent}`;
}

/** As clients send it; what is no JSON as it stands. */
function compact(text: string): string {
  return isJson(text) ? JSON.stringify(JSON.parse(text)) : text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
