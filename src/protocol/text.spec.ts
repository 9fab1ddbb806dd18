import { isCleanText } from './text';

describe('text', () => {
  it.each(['', 'Grüße', 'a\nb\t', '😀', '\ufffd', '\u0001'])('is clean: %p', (text) => {
    expect(isCleanText(text)).toBe(true);
  });

  it.each(['a\0b', '\ud83d', '\ude00', '\ude00\ud83d', undefined, null, 7, ['a']])('is not clean: %p', (text) => {
    expect(isCleanText(text)).toBe(false);
  });
});
