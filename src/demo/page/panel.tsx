import { ActivityList } from './activity-list';
import { Chat } from './chat';
import { CloseIcon } from './icons';
import type { OpenProject } from './open-project';

export type PanelTab = (typeof TABS)[number];

const TABS = ['Chat', 'Activity'] as const;

interface PanelProps {
  readonly project: OpenProject;
  readonly ownId: string;
  readonly tab: PanelTab;
  readonly choose: (tab: PanelTab) => void;
  readonly close: () => void;
}

/** Beside the board, or, on a phone, over it. */
export function Panel({ project, ownId, tab, choose, close }: PanelProps) {
  return (
    <aside class="panel" aria-label={tab}>
      <div class="panel-tabs">
        {TABS.map((name) => (
          <button key={name} class="tab" aria-pressed={name === tab} onClick={() => choose(name)}>
            {name}
          </button>
        ))}
        <span class="gap" />
        <button class="plain close" onClick={close} aria-label="Close">
          <CloseIcon />
        </button>
      </div>
      {tab === 'Chat' ? <Chat project={project} ownId={ownId} /> : <ActivityList entries={project.activity.entries} />}
    </aside>
  );
}
