import type { RoomName } from '../../protocol/room-name';
import type { Delivery, Publication } from '../../publishing/backplane';
import { toFailure } from './failure';
import type { Answer, Call, News } from './messages';
import { MessageBatcher } from './message-batcher';
import type { Streams, Subscriber } from './streams';

/** Sends news to a worker; calls back when the kernel took them. */
export type SendNews = (news: News[], taken: () => void) => void;

/** A worker is not answered while this much waits for it: its calls wait, instead of what they ask for. */
const BUSY_BYTES = 1024 * 1024;
/** What an item in a message costs beside its publications, roughly. */
const ITEM_BYTES = 150;

/**
 * One worker's backplane, as the primary sees it. Its calls are served one after the other. Answers are held back while
 * it is busy; deliveries cannot be, so what waits of them is bounded.
 */
export class ServedNode implements Subscriber {
  readonly #rooms = new Set<RoomName>();
  readonly #post = new MessageBatcher<News>((news) => this.#send(news));
  #served: Promise<void> = Promise.resolve();
  #queuedBytes = 0;
  #deliveryBytes = 0;
  #gone = false;
  #continue: () => void = () => undefined;

  constructor(
    private readonly streams: Streams,
    private readonly sendNews: SendNews,
    private readonly maxQueuedBytes: number,
    private readonly overflowed: (bytes: number) => void,
  ) {}

  serve(calls: readonly Call[]): void {
    this.#served = this.#served.then(() => this.#serve(calls));
  }

  deliver(delivery: Delivery): void {
    if (this.#gone) return;
    this.#deliveryBytes += sizeOf(delivery.publication);
    this.#tell({ about: 'delivery', delivery });
    if (this.#deliveryBytes > this.maxQueuedBytes) this.overflowed(this.#deliveryBytes);
  }

  /** The process is gone, or no longer served. What it asked for before is still done. */
  async leave(): Promise<void> {
    this.#gone = true;
    this.#continue();
    await this.#served;
    await this.#unsubscribeAll();
  }

  async #serve(calls: readonly Call[]): Promise<void> {
    for (const call of calls) {
      while (this.#queuedBytes > BUSY_BYTES && !this.#gone) await this.#taken();
      this.#tell(await this.#answer(call));
    }
  }

  async #answer(call: Call): Promise<News> {
    try {
      return { about: 'answer', id: call.id, answer: await this.#do(call) };
    } catch (error) {
      return { about: 'failure', id: call.id, failure: toFailure(error) };
    }
  }

  #do(call: Call): Promise<Answer> | Answer {
    if (call.op === 'configure') return this.streams.configure(call.bounds);
    if (call.op === 'leave') return this.#unsubscribeAll();
    const { room } = call;
    this.streams.limit(room, call.limits);
    switch (call.op) {
      case 'publish':
        return this.streams.publish(room, copyOf(call.publication));
      case 'subscribe':
        this.#rooms.add(room);
        return this.streams.subscribe(room, this);
      case 'unsubscribe':
        this.#rooms.delete(room);
        return this.streams.unsubscribe(room, this);
      case 'read':
        return this.streams.read(room, call.since, call.maxBytes);
      case 'page':
        return this.streams.page(room, call.request);
    }
  }

  async #unsubscribeAll(): Promise<void> {
    for (const room of this.#rooms) await this.streams.unsubscribe(room, this);
    this.#rooms.clear();
  }

  #tell(news: News): void {
    if (this.#gone) return;
    this.#queuedBytes += bytesOf(news);
    this.#post.add(news);
  }

  #send(news: News[]): void {
    this.sendNews(news, () => {
      for (const each of news) {
        const bytes = bytesOf(each);
        this.#queuedBytes -= bytes;
        if (each.about === 'delivery') this.#deliveryBytes -= bytes;
      }
      this.#continue();
    });
  }

  #taken(): Promise<void> {
    return new Promise((resolve) => (this.#continue = resolve));
  }
}

/** What arrived is a view of a whole IPC message, which a stream would keep alive for one publication's sake. */
function copyOf(publication: Publication): Publication {
  return { ...publication, body: Buffer.from(publication.body) };
}

function bytesOf(news: News): number {
  if (news.about === 'delivery') return sizeOf(news.delivery.publication);
  return news.about === 'answer' ? ITEM_BYTES + bodiesOf(news.answer) : ITEM_BYTES;
}

function bodiesOf(answer: Answer): number {
  if (!answer || 'offset' in answer) return 0;
  const publications = 'publications' in answer ? answer.publications : answer;
  return publications.reduce((bytes, publication) => bytes + sizeOf(publication), 0);
}

function sizeOf({ body }: Publication): number {
  return body.length + ITEM_BYTES;
}
