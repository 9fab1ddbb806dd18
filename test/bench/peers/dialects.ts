import { encode } from '@msgpack/msgpack';
import type { Dialect, PeerName } from './peer';
import { pad } from './peer';

const OURS: Dialect = {
  path: '/ws',
  usesToken: true,
  greeting: [{ await: '"auth_success"' }],
  join: (room) => [{ send: JSON.stringify({ type: 'join_room', data: { room } }) }, { await: '"room_joined"' }],
  ping: (n) => `{"type":"bench_ping","data":{"n":${n}},"message_id":"p${n}"}`,
  say: (room, n) => `{"type":"bench_say","data":{"room":"${room}","n":${n},"pad":"${pad(150)}"}}`,
  said: '"type":"bench.said"',
  pong: '"type":"bench_pong"',
};

const PLAIN: Dialect = {
  path: '/ws',
  usesToken: false,
  greeting: [],
  join: (room) => [{ send: JSON.stringify({ event: 'join', data: { room } }) }, { await: '"joined"' }],
  ping: (n) => `{"event":"ping","data":{"n":${n}}}`,
  say: (room, n) => `{"event":"say","data":{"room":"${room}","n":${n},"pad":"${pad(70)}"}}`,
  said: '"event":"said"',
  pong: '"event":"pong"',
};

const SOCKET_IO: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  usesToken: false,
  greeting: [{ await: '0{' }, { send: '40' }, { await: '40{' }],
  join: (room) => [{ send: `42["join",{"room":"${room}"}]` }, { await: '"joined"' }],
  ping: (n) => `42["ping",{"n":${n}}]`,
  say: (room, n) => `42["say",{"room":"${room}","n":${n},"pad":"${pad(60)}"}]`,
  said: '"said"',
  pong: '"pong"',
  keepAlive: (payload) => (payload === '2' ? '3' : undefined),
};

const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover';

function toMsgpack(json: string): Uint8Array {
  return encode(JSON.parse(json));
}

export const DIALECTS: Readonly<Record<PeerName, Dialect>> = {
  ours: OURS,
  'ours-metrics': OURS,
  before: OURS,
  'raw-ws': { ...PLAIN, usesToken: true },
  'nest-ws': { ...PLAIN, usesToken: true },
  'socket-io': { ...SOCKET_IO, usesToken: true },
  'ours-msgpack': { ...OURS, upgrade: ['Sec-WebSocket-Protocol: realtime.v1.msgpack'], encode: toMsgpack },
  'ours-deflate': { ...OURS, upgrade: [DEFLATE] },
  'c-send-loop': PLAIN,
  'ours-sqlite': OURS,
  'ours-postgres': OURS,
  'ours-redis': OURS,
  'raw-ws-deflate': { ...PLAIN, usesToken: true, upgrade: [DEFLATE] },
};
