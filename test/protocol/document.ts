import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One thing that happens in an example: what a client sends or receives, or what somebody does. */
export type Step =
  | { readonly kind: 'does'; readonly what: string }
  | { readonly kind: 'sends' | 'receives'; readonly who: string; readonly frames: readonly string[] };

export interface Example {
  readonly title: string;
  readonly steps: readonly Step[];
}

const FENCE = '```';
const WHO = /^(\w+) (sends|receives):$/;

/** PROTOCOL.md as the tests read it. How its examples are written is said in its first section. */
export class ProtocolDocument {
  readonly text = readFileSync(join(__dirname, '../../src/protocol/PROTOCOL.md'), 'utf8');
  readonly examples: readonly Example[] = this.text
    .split(/^(?=#)/m)
    .filter((section) => section.startsWith('#### Example: '))
    .map(toExample);

  /** The frames all clients send, or receive, in all examples. */
  frames(kind: 'sends' | 'receives'): string[] {
    const steps = this.examples.flatMap(({ steps }) => steps);
    return steps.flatMap((step) => (step.kind === kind ? step.frames : []));
  }

  /** How many blocks of frames there are, in examples or not. */
  get blocks(): number {
    return this.text.split(/^```json\b/m).length - 1;
  }

  /** The cells of the table whose first heading is this. */
  table(heading: string): string[][] {
    const start = this.text.indexOf(`\n| ${heading} |`);
    if (start < 0) throw new Error(`PROTOCOL.md has no table of "${heading}".`);
    const rows = this.text.slice(start + 1).split('\n');
    const end = rows.findIndex((row) => !row.startsWith('|'));
    return rows.slice(2, end).map((row) => row.slice(2, -2).split(' | '));
  }

  /** The text under a heading, up to the next one of its rank. */
  section(heading: string): string {
    const found = this.text.split(/^(?=## )/m).find((section) => section.startsWith(`## ${heading}\n`));
    if (!found) throw new Error(`PROTOCOL.md has no section "${heading}".`);
    return found;
  }
}

function toExample(section: string): Example {
  const [heading, ...lines] = section.split('\n');
  const steps: Step[] = [];
  while (lines.length) {
    const line = lines.shift()!;
    const speaks = WHO.exec(line);
    if (line.startsWith('> ')) steps.push({ kind: 'does', what: line.slice(2) });
    else if (speaks) steps.push(toSpeech(heading, speaks, lines));
    else if (line.startsWith(FENCE))
      throw new Error(`${heading}: nobody says "${lines[0]}". Begin with "Alice sends:".`);
  }
  return { title: heading.replace('#### Example: ', ''), steps };
}

/** Takes the block that follows "Alice sends:" off the lines. */
function toSpeech(heading: string, [, who, kind]: RegExpExecArray, lines: string[]): Step {
  const fence = `${FENCE}json ${kind === 'sends' ? 'client' : 'server'}`;
  const opening = lines.splice(0, lines[0] === '' ? 2 : 1).at(-1);
  if (opening !== fence) throw new Error(`${heading}: "${who} ${kind}:" is followed by "${opening}", not by ${fence}.`);
  const frames = lines.splice(0, lines.indexOf(FENCE));
  lines.shift();
  return { kind: kind as 'sends' | 'receives', who, frames };
}
