import { join } from 'node:path';
import { SqliteStorage } from '../../src/adapters/sqlite';
import { temporaryDirectory } from '../support/program';
import { describeAudit } from './audit';
import { describeChannelRules } from './channel-rules';
import { describeChannels } from './channels';
import { describeChat } from './chat';
import { describeChatRelay } from './chat-relay';
import { describeMailbox } from './mailbox';
import { describeStorage } from './storage';

const directory = temporaryDirectory();
let files = 0;

describeStorage('a SQLite file', async () => {
  const file = join(directory, `${++files}.sqlite`);
  return { open: (options) => new SqliteStorage({ file, ...options }) };
});

const chatDatabase = async () => {
  const file = join(directory, `${++files}.sqlite`);
  return { open: () => new SqliteStorage({ file }) };
};

describeChat('a SQLite file', chatDatabase);
describeChatRelay('a SQLite file', chatDatabase);
describeMailbox('a SQLite file', chatDatabase);
describeChannels('a SQLite file', chatDatabase);
describeChannelRules('a SQLite file', chatDatabase);
describeAudit('a SQLite file', chatDatabase);
