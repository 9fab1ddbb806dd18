import { formatPosition, parsePosition } from './position';

describe('a position in a header', () => {
  it.each([
    { epoch: 'iOSWopQQKaZ_', offset: 0 },
    { epoch: 'with:colons', offset: 999_999_999_999_999 },
  ])('reads as it was written: %j', (position) => {
    expect(parsePosition(formatPosition(position))).toEqual(position);
  });

  it.each([
    null,
    undefined,
    '',
    '7',
    'epoch',
    'epoch:',
    ':7',
    'epoch:-1',
    'epoch:1.5',
    'epoch:1e3',
    'epoch:99999999999999999',
  ])('is none: %j', (text) => {
    expect(parsePosition(text)).toBeUndefined();
  });
});
