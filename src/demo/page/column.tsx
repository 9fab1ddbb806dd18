import { useState } from 'preact/hooks';
import type { Task, TaskStatus } from '../tasks/task';
import { Card } from './card';
import type { CardDrag } from './card-drag';
import { COLUMNS } from './change';
import { PlusIcon } from './icons';
import { NameForm } from './name-form';

interface ColumnProps {
  readonly status: TaskStatus;
  readonly tasks: readonly Task[];
  readonly drag: CardDrag | undefined;
  readonly open: (id: string) => void;
  readonly onKey: (event: KeyboardEvent, task: Task) => void;
  readonly add: (title: string) => Promise<void>;
}

export function Column({ status, tasks, drag, open, onKey, add }: ColumnProps) {
  const [naming, setNaming] = useState(false);
  const title = COLUMNS[status];
  const slot = drag?.place?.status === status ? drag.place.before : undefined;
  return (
    <section class={`column ${status} ${slot === undefined ? '' : 'over'}`} aria-label={title} data-status={status}>
      <h2>
        <span class="dot" aria-hidden="true" /> {title} <span class="count">{tasks.length}</span>
      </h2>
      <ul class="cards">
        {tasks.map((task) => (
          <Card
            key={task.id}
            task={task}
            lifted={task.id === drag?.id}
            slotBefore={slot === task.id}
            open={() => open(task.id)}
            onKey={(event) => onKey(event, task)}
          />
        ))}
        {slot === null && <li class="slot" aria-hidden="true" />}
      </ul>
      {naming ? (
        <NameForm label="What is to be done?" button="Add" submit={add} cancel={() => setNaming(false)} />
      ) : (
        <button class="plain add" onClick={() => setNaming(true)} aria-label={`Add a task to ${title}`}>
          <PlusIcon /> Add a task
        </button>
      )}
    </section>
  );
}
