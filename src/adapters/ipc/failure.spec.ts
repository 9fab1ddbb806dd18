import { RealtimeError } from '../../protocol/errors';
import { StreamGap } from '../../publishing/backplane';
import { fromFailure, toFailure } from './failure';

/** As it arrives in another process. */
const sent = (error: unknown): Error => fromFailure(structuredClone(toFailure(error)));

describe('an error between processes', () => {
  it('stays a gap', () => {
    expect(sent(new StreamGap('trimmed'))).toEqual(new StreamGap('trimmed'));
    expect(sent(new StreamGap('trimmed'))).toBeInstanceOf(StreamGap);
  });

  it('stays an error of the protocol', () => {
    const error = sent(new RealtimeError('unavailable', 'Closed.'));
    expect(error).toBeInstanceOf(RealtimeError);
    expect(error).toMatchObject({ code: 'unavailable', message: 'Closed.' });
  });

  it('tells where it was thrown, if nobody expected it', () => {
    expect(sent(new TypeError('no such thing')).message).toMatch(
      /^The primary failed: TypeError: no such thing\n +at .*failure\.spec\.ts/,
    );
    expect(sent('text').message).toBe('The primary failed: text');
  });
});
