import { LaggingBackplane } from '../support/lagging-backplane';
import { describeBackplane } from './backplane';

// What the tests use in the place of a network must keep the contract too.
describeBackplane('LaggingBackplane', async (retention) => {
  const backplane = new LaggingBackplane();
  backplane.configure({
    limitsOf: () => ({ maxPublications: 1000, maxAgeMs: 86_400_000 }),
    maxTotalBytes: 256 * 1024 * 1024,
    ...retention,
  });
  return backplane;
});
