import { MemoryBackplane } from '../../src';
import { describeBackplane } from './backplane';

describeBackplane('MemoryBackplane', async (retention) => {
  const backplane = new MemoryBackplane();
  backplane.configure({
    limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 86_400_000 }),
    maxTotalBytes: 256 * 1024 * 1024,
    ...retention,
  });
  return backplane;
});
