const LOTS = 1e9;
const ANY_BUCKET = { perSecond: LOTS, burst: LOTS };
const ANY_BYTES = { burstBytes: 1e12, userBurstBytes: 1e12 };

/** Options under which nothing is refused, or waits, for being too much or too often. */
export const NO_LIMITS = {
  rateLimit: { ...ANY_BUCKET, perUser: undefined, bytesPerSecond: LOTS, userBytesPerSecond: LOTS, ...ANY_BYTES },
  rooms: { senderBytesPerSecond: LOTS, senderBurstBytes: 1e12 },
  connections: { handshakesPerUser: ANY_BUCKET, handshakesPerAddress: ANY_BUCKET },
};
