import { MemoryPresence } from '../../src';
import { describePresence } from './presence';

describePresence('MemoryPresence', () => new MemoryPresence());
