import { render } from 'preact';
import { App } from './app';

const root = document.getElementById('console')!;
root.replaceChildren();
render(<App />, root);
