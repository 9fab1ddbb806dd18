import { EnvironmentError, readEnvironment, VARIABLES } from './environment';

const SECRET = 'x'.repeat(32);

describe('the environment', () => {
  it('has a value for everything but the secret when nothing is set', () => {
    expect(readEnvironment({})).toEqual({
      PORT: 3000,
      HOST: '127.0.0.1',
      JWT_SECRET: undefined,
      DATA_DIR: '.data',
      ORIGINS: 'same',
      RATE_PER_SECOND: 10,
      RATE_BURST: 20,
      MAX_CONNECTIONS: 20_000,
      MAX_CONNECTIONS_PER_USER: 20,
      MAX_CONNECTIONS_PER_ADDRESS: 100,
      HISTORY_SIZE: 1000,
      NODE_ENV: 'development',
    });
  });

  it('takes what is empty for left out', () => {
    const empty = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, '']));
    expect(readEnvironment(empty)).toEqual(readEnvironment({}));
  });

  it.each([
    ['PORT', '0', 0],
    ['PORT', '65535', 65_535],
    ['HOST', '::1', '::1'],
    ['HOST', 'board.example.com', 'board.example.com'],
    ['JWT_SECRET', SECRET, SECRET],
    ['DATA_DIR', '/var/lib/board', '/var/lib/board'],
    ['ORIGINS', '*', '*'],
    ['ORIGINS', 'https://a.example, http://localhost:5173', ['https://a.example', 'http://localhost:5173']],
    ['HISTORY_SIZE', '0', 0],
  ] as const)('reads %s=%s', (name, text, value) => {
    expect(readEnvironment({ [name]: text })[name]).toEqual(value);
  });

  it.each([
    ['PORT', 'abc', "PORT must be a whole number from 0 to 65535, got 'abc'"],
    ['PORT', '65536', "PORT must be a whole number from 0 to 65535, got '65536'"],
    ['PORT', '-1', "PORT must be a whole number from 0 to 65535, got '-1'"],
    ['PORT', '1e3', "PORT must be a whole number from 0 to 65535, got '1e3'"],
    ['PORT', ' 80', "PORT must be a whole number from 0 to 65535, got ' 80'"],
    ['HOST', 'http://localhost', "HOST must be an address or a host name, got 'http://localhost'"],
    ['JWT_SECRET', 'short', 'JWT_SECRET must be at least 32 bytes, as from `openssl rand -base64 48`, got 5 bytes'],
    ['DATA_DIR', 'a\0b', "DATA_DIR must be a path, got 'a\0b'"],
    [
      'ORIGINS',
      'app.example.com',
      "ORIGINS must be 'same', '*', or origins such as https://app.example.com, separated by commas, got 'app.example.com'",
    ],
    [
      'ORIGINS',
      'https://a.example/,',
      "ORIGINS must be 'same', '*', or origins such as https://app.example.com, separated by commas, got 'https://a.example/,'",
    ],
    ['RATE_PER_SECOND', '0', "RATE_PER_SECOND must be a whole number from 1 to 1000000, got '0'"],
    ['RATE_BURST', '1.5', "RATE_BURST must be a whole number from 1 to 1000000, got '1.5'"],
    ['MAX_CONNECTIONS', '0', "MAX_CONNECTIONS must be a whole number from 1 to 1000000, got '0'"],
    ['MAX_CONNECTIONS_PER_USER', 'x', "MAX_CONNECTIONS_PER_USER must be a whole number from 1 to 1000000, got 'x'"],
    [
      'MAX_CONNECTIONS_PER_ADDRESS',
      'x',
      "MAX_CONNECTIONS_PER_ADDRESS must be a whole number from 1 to 1000000, got 'x'",
    ],
    ['HISTORY_SIZE', '100001', "HISTORY_SIZE must be a whole number from 0 to 100000, got '100001'"],
    ['NODE_ENV', 'a b', "NODE_ENV must be a word, got 'a b'"],
  ])('refuses %s=%j', (name, text, message) => {
    expect(() => readEnvironment({ [name]: text })).toThrow(new EnvironmentError(message));
  });
});
