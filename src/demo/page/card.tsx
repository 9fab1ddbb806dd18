import type { Task } from '../tasks/task';
import { GripIcon } from './icons';

interface CardProps {
  readonly task: Task;
  /** It is being dragged, and shown under the pointer. */
  readonly lifted: boolean;
  /** What is dragged would land in front of it. */
  readonly slotBefore: boolean;
  readonly open: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

export function Card({ task, lifted, slotBefore, open, onKey }: CardProps) {
  const { id, title, description } = task;
  const press = (event: KeyboardEvent): void => (event.key === 'Enter' ? open() : onKey(event));
  return (
    <>
      {slotBefore && <li class="slot" aria-hidden="true" />}
      <li class={`card ${lifted ? 'lifted' : ''}`} data-id={id}>
        <button
          class="card-face"
          onClick={open}
          onKeyDown={press}
          aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight Shift+ArrowUp Shift+ArrowDown"
        >
          <span class="title">{title}</span>
          {description && <span class="quiet">{description}</span>}
        </button>
        <span class="grip" aria-hidden="true">
          <GripIcon />
        </span>
      </li>
    </>
  );
}
