import { isOriginAllowed } from './origin';

describe('the same origin', () => {
  it.each([
    ['http://a.example', 'a.example'],
    ['http://a.example', 'a.example:80'],
    ['https://a.example', 'a.example:443'],
    ['https://a.example:8443', 'a.example:8443'],
    ['http://A.Example', 'a.eXample'],
    ['http://[::1]:3000', '[::1]:3000'],
    ['http://bücher.example', 'xn--bcher-kva.example'],
  ])('%s may connect to %s', (origin, host) => {
    expect(isOriginAllowed('same', origin, host)).toBe(true);
  });

  it.each([
    ['http://a.example', 'b.example'],
    ['http://a.example', 'a.example:443'],
    ['https://a.example', 'a.example:80'],
    ['http://a.example:3000', 'a.example:3001'],
    ['http://a.example', ''],
    ['http://a.example', undefined],
    ['http://a.example', 'bad host'],
    ['null', 'null'],
    ['file://', ''],
    ['file://a.example', 'a.example'],
    ['a.example', 'a.example'],
    ['', 'a.example'],
  ])('%s may not connect to %s', (origin, host) => {
    expect(isOriginAllowed('same', origin, host)).toBe(false);
  });
});
