import { Logger } from '@nestjs/common';
import { OneNode } from '../../src/nodes/one-node';
import { describeNodes } from './nodes';

beforeAll(() => void Logger.overrideLogger(false));

describeNodes('OneNode', async () => [new OneNode()]);
