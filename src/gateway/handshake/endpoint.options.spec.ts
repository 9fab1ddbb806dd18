import { OriginRule, pathsOf, resolveEndpoint } from './endpoint.options';

const REFUSED = 'RealtimeModule: option ';

function resolve(given: object) {
  return resolveEndpoint(given);
}

function refusal(given: object): string {
  try {
    resolve(given);
    return 'none';
  } catch (error) {
    return (error as Error).message.replace(REFUSED, '');
  }
}

describe('the endpoint', () => {
  it.each([
    ['/', ['/', '/connect']],
    ['/live', ['/live', '/live/connect']],
    ['/api/v1/rt', ['/api/v1/rt', '/api/v1/rt/connect']],
  ])('take the path %s', (path, paths) => {
    expect(pathsOf(resolve({ path }))).toEqual(paths);
  });

  it.each([
    ['ws', "path must start with '/', got 'ws'. Try '/ws'."],
    ['', "path must start with '/', got ''. Try '/'."],
    ['/ws/', "path must not end with '/', got '/ws/'. Try '/ws'."],
    ['//', "path must not end with '/', got '//'. Try '/'."],
    ['/a//b', "path may hold letters, digits and . _ ~ - between its '/', got '/a//b'."],
    ['/ws?x', "path may hold letters, digits and . _ ~ - between its '/', got '/ws?x'."],
    ['/ws/:id', "path may hold letters, digits and . _ ~ - between its '/', got '/ws/:id'."],
  ])('refuse the path %s', (path, message) => {
    expect(refusal({ path })).toBe(message);
  });

  it.each<[OriginRule]>([['*'], ['same'], [() => true], [['https://a.example', 'http://localhost:3000', /x/, 'null']]])(
    'take origins like %p',
    (origins) => {
      expect(resolve({ origins }).origins).toBe(origins);
    },
  );

  it.each([
    [
      'https://a.example',
      "origins must be 'same', '*', a list or a function, got 'https://a.example'. Try ['https://a.example'].",
    ],
    [true, "origins must be 'same', '*', a list or a function, got true."],
    [['https://a.example/'], "origins holds 'https://a.example/', which no browser sends. Try 'https://a.example'."],
    [['https://A.example'], "origins holds 'https://A.example', which no browser sends. Try 'https://a.example'."],
    [
      ['https://a.example:443'],
      "origins holds 'https://a.example:443', which no browser sends. Try 'https://a.example'.",
    ],
    [['a.example'], "origins may hold origins and RegExps, got 'a.example'. Try 'https://example.com'."],
    [['*'], "origins may hold origins and RegExps, got '*'. Try 'https://example.com'."],
    [[undefined], "origins may hold origins and RegExps, got undefined. Try 'https://example.com'."],
  ])('refuse origins that would never match: %j', (origins, message) => {
    expect(refusal({ origins })).toBe(message);
  });
});
