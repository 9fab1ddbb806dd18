import { AuthOptions } from '../../src/auth/auth.options';
import { ADAPTER_NAMES } from '../../src/module/adapter.options';
import { GROUPS } from '../../src/module/option-groups';
import { Editor } from './editor';

/** An object literal with every name of a group, none of them with a value of its own. */
const group = (Class: new () => object): string => literal(Object.keys(new Class()));
const literal = (names: readonly string[]): string => `{ ${names.map((name) => `¦${name}: given`).join(', ')} }`;
const BUCKET = literal(['perSecond', 'burst']);
const HISTORY = literal(['maxPublications', 'maxAgeMs', 'maxBytes']);

const NESTED = [
  `connections: { handshakesPerUser: ${BUCKET}, handshakesPerAddress: ${BUCKET} }`,
  `rateLimit: { perUser: ${BUCKET} }`,
  `channels: { requests: ${BUCKET} }`,
  `admin: { requests: ${BUCKET}, console: ${literal(['path'])} }`,
  `kinds: { project: ${literal(['maxMembers', 'announce', 'history'])}, board: { history: ${HISTORY} } }`,
];
const GIVEN = [
  ...Object.entries(GROUPS).map(([name, { Class }]) => `¦${name}: ${group(Class)}`),
  `¦auth: ${group(AuthOptions)}`,
  ...['policy', 'path', 'origins', 'clientEvents', 'kinds', ...ADAPTER_NAMES].map((name) => `¦${name}: given`),
];
const REQUIRED_FOR_NODE = "auth: given, policy: 'open'";

function application(object: string): Record<string, string> {
  return {
    forRoot: `RealtimeModule.forRoot(${object});`,
    'forRoot of an emitter': `RealtimeModule.forRoot({ role: 'emitter', ${object.slice(1)});`,
    forRootAsync: `RealtimeModule.forRootAsync({ useFactory: () => (${object}) });`,
    'forRootAsync with a promise': `RealtimeModule.forRootAsync({ useFactory: async () => (${object}) });`,
    'forRootAsync of an emitter': `RealtimeModule.forRootAsync({ role: 'emitter', useFactory: () => (${object}) });`,
  };
}

const INTRODUCTION = "import { RealtimeModule } from '../../src/realtime.module';\ndeclare const given: never;\n";

const wholes = Object.entries(application(`{ ${GIVEN.join(', ')} }`));
const nested = NESTED.flatMap((each) => Object.entries(application(`{ ${REQUIRED_FOR_NODE}, ${each} }`)));
const cases = [...wholes, ...nested];

/** What is marked, as it is told where it fails: `heartbeat`, `intervalMs`. */
const namesIn = (text: string): string[] => [...text.matchAll(/¦(\w+)/g)].map(([, name]) => name);

describe('an editor', () => {
  const editor = new Editor(INTRODUCTION + cases.map(([, text]) => text).join('\n'));
  const shown = editor.hover();
  const rows = cases.flatMap(([where, text]) => namesIn(text).map((name) => [name, where]));
  const isGroup = (name: string): boolean => Object.hasOwn(GROUPS, name);

  it('takes every option', () => {
    expect(editor.errors()).toEqual([]);
  });

  it.each(rows.map(([name, where], i) => ({ name, where, text: shown[i] })))(
    'tells of $name, in $where, what it does and its default',
    ({ name, text }) => {
      expect(text).toMatch(/^[A-Z`'].{10,}/);
      if (!isGroup(name)) expect(text).toMatch(/@default \S|Required\./);
    },
  );
});
