import type { ComponentChildren } from 'preact';

interface Failed {
  readonly error: Error;
  readonly again?: () => void;
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="state loading" role="status">
      Asking for {what}…
    </p>
  );
}

/** There is nothing, and that is no fault. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="state">{children}</p>;
}

/** A question was not answered as it should. */
export function Trouble({ error, again }: Failed) {
  return (
    <div class="state" role="alert">
      <p class="trouble">{error.message}</p>
      {again && <button onClick={again}>Try again</button>}
    </div>
  );
}

/** What is shown is old. */
export function Lost({ error, again }: Failed) {
  return (
    <div class="lost" role="alert">
      <strong>Disconnected.</strong> <span>{error.message} What you see may be old; it is tried again every 2 s.</span>
      <button onClick={again}>Try now</button>
    </div>
  );
}
