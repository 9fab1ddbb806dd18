import { MemoryBackplane } from '../../src';
import { MemoryPresence } from '../../src/features/presence';
import { Clock } from '../../src/async/clock';
import { MemoryReplyStore } from '../../src/gateway/idempotency/memory-reply-store';
import { ClusterMemberBackplane, SiteStreams } from '../../src/testing/cluster/site.backplane';
import { SiteNodes } from '../../src/testing/cluster/site.nodes';
import { SiteAttendance, SitePresence } from '../../src/testing/cluster/site.presence';
import { SiteReplies } from '../../src/testing/cluster/site.replies';
import { describeBackplane } from './backplane';
import { describeNodes } from './nodes';
import { describePresence } from './presence';
import { describeReplyStore } from './reply-store';

/** What the nodes of the test kit share keeps the promises that Redis keeps. */
describeBackplane('one node of a test', async (retention) => {
  const backplane = new ClusterMemberBackplane(new SiteStreams(new MemoryBackplane()));
  const limits = {
    limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 86_400_000 }),
    maxTotalBytes: 256 * 1024 * 1024,
  };
  backplane.configure({ ...limits, ...retention });
  return backplane;
});

describeNodes('nodes of a test', async (count) => {
  const living = new Set<SiteNodes>();
  return Array.from({ length: count }, (_, i) => new SiteNodes(`n${i}`, living));
});

describePresence('one node of a test', () => new SitePresence(new SiteAttendance(new MemoryPresence())));

describeReplyStore('one node of a test', (windowMs) => {
  const memory = new MemoryReplyStore({ windowMs, maxReplies: 1000, maxBytes: 1e6 }, new Clock());
  return new SiteReplies(memory);
});
