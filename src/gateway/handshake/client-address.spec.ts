import type { IncomingMessage } from 'node:http';
import { clientAddress, countedAddress } from './client-address';

function from(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  return { headers: { 'x-forwarded-for': forwarded }, socket: { remoteAddress } } as unknown as IncomingMessage;
}

describe('the address a connection counts against', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['10.0.0.1:4711', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['[2001:db8:1:2:3:4:5:6]:4711', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2:3:4:5:6]', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::10.0.0.1', '64:ff9b:0:0::/64'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (given, counted) => {
    expect(countedAddress(given)).toBe(counted);
  });

  it.each([
    ['nobody is trusted', 0, '1.1.1.1, 2.2.2.2', '9.9.9.9'],
    ['the one proxy appended it', 1, '1.1.1.1, 2.2.2.2', '2.2.2.2'],
    ['the second from the right', 2, '1.1.1.1, 2.2.2.2', '1.1.1.1'],
    ['there are fewer than trusted', 3, '1.1.1.1, 2.2.2.2', '1.1.1.1'],
    ['some are empty', 1, '1.1.1.1, , ', '1.1.1.1'],
    ['none is there', 1, undefined, '9.9.9.9'],
    ['it is empty', 1, '', '9.9.9.9'],
  ])('is taken where %s', (_, trusted, forwarded, address) => {
    expect(clientAddress(from('9.9.9.9', forwarded), trusted)).toBe(address);
  });

  it('is "unknown" for a socket without one', () => {
    expect(clientAddress(from(undefined), 0)).toBe('unknown');
  });
});
