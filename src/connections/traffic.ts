import { Injectable } from '@nestjs/common';

/** What this process has seen since it started: plain counters, cheap enough for every frame. */
@Injectable()
export class Traffic {
  connectionsOpened = 0;
  framesReceived = 0;
  /** Publications that came from the backplane and had members here. */
  publications = 0;
  /** Publications times the members they went to. */
  deliveries = 0;
  volatileDropped = 0;
  slowConsumers = 0;
  rateLimited = 0;
  malformed = 0;
  handlerTimeouts = 0;
  /** Messages nobody acknowledged before they were too old, or too many. */
  mailboxDropped = 0;
  /** Entries the database could not take in time. */
  auditDropped = 0;
}
