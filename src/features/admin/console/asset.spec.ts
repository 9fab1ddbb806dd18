import { Asset } from './asset';

describe('an asset of the console', () => {
  it('that was not built says what to do, and not where it was looked for', async () => {
    const asset = new Asset('not-built.css', 'text/css');
    expect(await asset.answer({ url: '/', headers: {} })).toEqual({
      status: 500,
      type: 'text/plain; charset=utf-8',
      body: 'The console is not built. Try: npm run build\n',
    });
  });
});
