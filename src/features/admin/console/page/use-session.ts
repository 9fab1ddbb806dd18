import { useEffect, useMemo, useState } from 'preact/hooks';
import { Session } from './session';

/** A connection that lasts as long as the view, drawn once for all frames that come together. */
export function useSession(): Session {
  const [, setChange] = useState(0);
  const session = useMemo(() => {
    let drawing = 0;
    return new Session(() => {
      drawing ||= requestAnimationFrame(() => {
        drawing = 0;
        setChange((changes) => changes + 1);
      });
    });
  }, []);
  useEffect(() => () => session.close(), []);
  return session;
}
