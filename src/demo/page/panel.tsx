import { useState } from 'preact/hooks';
import { ActivityList } from './activity-list';
import { Chat } from './chat';
import { CloseIcon } from './icons';
import type { OpenProject } from './open-project';

interface PanelProps {
  readonly project: OpenProject;
  readonly ownId: string;
  readonly close: () => void;
}

/** Beside the board, or, on a phone, over it. */
export function Panel({ project, ownId, close }: PanelProps) {
  const [shown, show] = useState<'Chat' | 'Activity'>('Chat');
  return (
    <aside class="panel" aria-label={shown}>
      <div class="panel-tabs">
        {(['Chat', 'Activity'] as const).map((name) => (
          <button key={name} class="tab" aria-pressed={name === shown} onClick={() => show(name)}>
            {name}
          </button>
        ))}
        <span class="gap" />
        <button class="plain close" onClick={close} aria-label="Close">
          <CloseIcon />
        </button>
      </div>
      {shown === 'Chat' ? (
        <Chat project={project} ownId={ownId} />
      ) : (
        <ActivityList entries={project.activity.entries} />
      )}
    </aside>
  );
}
