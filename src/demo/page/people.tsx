import { Avatar } from './avatar';
import type { OpenProject } from './open-project';
import { useShown } from './shown';

const SHOWN = 5;

/** Who looks at the project now. */
export function People({ project, ownId }: { project: OpenProject; ownId: string }) {
  const { people } = useShown(project);
  const others = people.length - SHOWN;
  return (
    <ul class="people" aria-label="Here now">
      {people.slice(0, SHOWN).map(({ user_id, name = user_id }) => (
        <li key={user_id} title={user_id === ownId ? `${name} (you)` : name}>
          <Avatar userId={user_id} name={name} />
          <span class="unseen">{name}</span>
        </li>
      ))}
      {others > 0 && <li class="quiet">+{others}</li>}
    </ul>
  );
}
