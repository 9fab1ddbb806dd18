import { MemoryPresence } from '../../src/features/presence';
import { describePresence } from './presence';

describePresence('MemoryPresence', () => new MemoryPresence());
