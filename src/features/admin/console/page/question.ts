/** One thing the operator says with an action. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind: 'text' | 'json' | 'check';
  readonly value?: string;
  readonly hint?: string;
  readonly required?: boolean;
}

/** What was filled in, by the fields' names; what was left empty is not there. */
export type Filled = Readonly<Record<string, string | undefined>>;

/** An action, before it is done. */
export interface Question {
  readonly title: string;
  /** What it does, and to whom. */
  readonly text: string;
  /** On the button. */
  readonly verb: string;
  /** It cannot be taken back. */
  readonly grave?: boolean;
  readonly fields?: readonly Field[];
  /** Does it, and tells what came of it. @throws Error with what went wrong, in a sentence */
  readonly act: (filled: Filled) => Promise<string>;
}
