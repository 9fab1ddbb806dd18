import { PostgresStorage } from '../../src/adapters/postgres';
import { PostgresServer } from '../support/postgres';
import { describeAudit } from './audit';
import { describeChannelRules } from './channel-rules';
import { describeChannels } from './channels';
import { describeChat } from './chat';
import { describeChatRelay } from './chat-relay';
import { describeMailbox } from './mailbox';
import { describeStorage } from './storage';

let server: PostgresServer;

beforeAll(async () => (server = await PostgresServer.start()), 60_000);
afterAll(() => server.end());

describeStorage('PostgreSQL', async () => {
  const url = await server.createDatabase();
  return { open: (options) => new PostgresStorage({ url, ...options }) };
});

const chatDatabase = async () => {
  const url = await server.createDatabase();
  return { open: () => new PostgresStorage({ url }) };
};

describeChat('PostgreSQL', chatDatabase);
describeChatRelay('PostgreSQL', chatDatabase);
describeMailbox('PostgreSQL', chatDatabase);
describeChannels('PostgreSQL', chatDatabase);
describeChannelRules('PostgreSQL', chatDatabase);
describeAudit('PostgreSQL', chatDatabase);
