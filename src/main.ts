import { start } from './demo/start';

void start();
