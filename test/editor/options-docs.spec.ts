import { AuthOptions } from '../../src/auth/auth.options';
import { ADAPTER_NAMES } from '../../src/module/adapter.options';
import { GROUPS } from '../../src/module/option-groups';
import { FEATURE_GROUPS } from '../support/feature-options';
import { Editor } from './editor';

/** An object literal with every name of a group, none of them with a value of its own. */
const group = (Class: new () => object, ...more: string[]): string => literal([...Object.keys(new Class()), ...more]);
const literal = (names: readonly string[]): string => `{ ${names.map((name) => `¦${name}: given`).join(', ')} }`;
const BUCKET = literal(['perSecond', 'burst']);
const HISTORY = literal(['maxPublications', 'maxAgeMs', 'maxBytes']);

const NESTED = [
  `connections: { handshakesPerUser: ${BUCKET}, handshakesPerAddress: ${BUCKET} }`,
  `rateLimit: { perUser: ${BUCKET} }`,
  `roomKinds: { project: ${literal(['maxMembers', 'announce', 'history'])}, board: { history: ${HISTORY} } }`,
];
const GIVEN = [
  ...Object.entries(GROUPS).map(([name, { Class }]) => `¦${name}: ${group(Class)}`),
  `¦auth: ${group(AuthOptions)}`,
  ...['policy', 'path', 'origins', 'clientEvents', 'roomKinds', ...ADAPTER_NAMES].map((name) => `¦${name}: given`),
];
const OF_EMITTERS = literal(['history', 'events', 'roomKinds', 'backplane', 'storage']);
const REQUIRED = "auth: given, policy: 'open'";

/** The module of each feature, the options that stand beside `useFactory`, and options in options. */
const FEATURES: readonly [group: string, module: string, extras: readonly string[], nested: readonly string[]][] = [
  ['admin', 'AdminModule', [], [`{ requests: ${BUCKET} }`, `{ console: ${literal(['path'])} }`]],
  ['asyncapi', 'AsyncApiModule', ['serve'], []],
  ['audit', 'AuditModule', [], []],
  ['channels', 'ChannelsModule', ['rest'], [`{ requests: ${BUCKET} }`]],
  ['chat', 'ChatModule', [], []],
  ['health', 'HealthModule', [], []],
  ['mailbox', 'MailboxModule', ['emitOnly'], []],
  ['metrics', 'MetricsModule', [], []],
  ['presence', 'PresenceModule', [], []],
  ['tracing', 'TracingModule', ['emitOnly'], []],
];

function calls(module: string, object: string, extras: readonly string[] = []): [where: string, text: string][] {
  const beside = extras.map((name) => `¦${name}: given, `).join('');
  const both = beside ? `{ ${beside}${object.slice(1)}` : object;
  return Object.entries({
    [`${module}.forRoot`]: `${module}.forRoot(${both});`,
    [`${module}.forRootAsync`]: `${module}.forRootAsync({ ${beside}useFactory: () => (${object}) });`,
    [`${module}.forRootAsync with a promise`]: `${module}.forRootAsync({ useFactory: async () => (${object}) });`,
  });
}

const INTRODUCTION = `
import { RealtimeModule } from '../../src/realtime.module';
import { RealtimeEmitterModule } from '../../src/realtime-emitter.module';
import { ChannelsModule } from '../../src/features/chat/channels/channels.module';
${FEATURES.filter(([name]) => name !== 'channels')
  .map(([name, module]) => `import { ${module} } from '../../src/features/${name}/${name}.module';`)
  .join('\n')}
declare const given: never;
`;

const cases = [
  ...calls('RealtimeModule', `{ ${GIVEN.join(', ')} }`),
  ...NESTED.flatMap((each) => calls('RealtimeModule', `{ ${REQUIRED}, ${each} }`)),
  ...calls('RealtimeEmitterModule', OF_EMITTERS),
  ...FEATURES.flatMap(([name, module, extras, nested]) => [
    ...calls(module, group(FEATURE_GROUPS[name].Class), extras),
    ...nested.flatMap((each) => calls(module, each)),
  ]),
];

/** What is marked, as it is told where it fails: `heartbeat`, `intervalMs`. */
const namesIn = (text: string): string[] => [...text.matchAll(/¦(\w+)/g)].map(([, name]) => name);

describe('an editor', () => {
  const editor = new Editor(INTRODUCTION + cases.map(([, text]) => text).join('\n'));
  const shown = editor.hover();
  const rows = cases.flatMap(([where, text]) => namesIn(text).map((name) => [name, where]));
  const isGroup = (name: string): boolean => Object.hasOwn(GROUPS, name);

  it('knows the options of every feature', () => {
    expect(FEATURES.map(([name]) => name)).toEqual(Object.keys(FEATURE_GROUPS));
  });

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
