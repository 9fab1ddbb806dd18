import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { TaskStatus } from '../tasks/task';
import type { Place } from './tasks';

/** A card under way. */
export interface CardDrag {
  readonly id: string;
  /** Where it would land now; nowhere, and it goes back. */
  readonly place: Place | undefined;
}

/** So far a pointer may slip in a click, pixels. */
const SLIP = 5;

/** Cards follow the mouse, or a finger on their grip, until they are let go. */
export function useCardDrag(
  board: RefObject<HTMLElement | null>,
  drop: (id: string, place: Place) => void,
): CardDrag | undefined {
  const [drag, show] = useState<CardDrag>();
  const latest = useRef(drop);
  latest.current = drop;
  useEffect(() => {
    const element = board.current!;
    const start = (event: PointerEvent): void => {
      const card = cardAt(event);
      if (card) new Pull(card, event, show, (id, place) => latest.current(id, place));
    };
    element.addEventListener('pointerdown', start);
    return () => element.removeEventListener('pointerdown', start);
  }, [board]);
  return drag;
}

function cardAt({ target, button, pointerType }: PointerEvent): HTMLElement | undefined {
  const held = pointerType === 'touch' ? '.grip' : '.card';
  if (button !== 0 || !(target as Element).closest(held)) return undefined;
  return (target as Element).closest<HTMLElement>('.card') ?? undefined;
}

/** From the press to the release. */
class Pull {
  readonly #end = new AbortController();
  readonly #id: string;
  #ghost: HTMLElement | undefined;
  #place: Place | undefined;

  constructor(
    private readonly card: HTMLElement,
    private readonly from: PointerEvent,
    private readonly show: (drag: CardDrag | undefined) => void,
    private readonly drop: (id: string, place: Place) => void,
  ) {
    this.#id = card.dataset.id!;
    const { signal } = this.#end;
    addEventListener('pointermove', (event) => this.#move(event), { signal });
    addEventListener('pointerup', () => this.#release(), { signal });
    addEventListener('pointercancel', () => this.#stop(), { signal });
    addEventListener('keydown', ({ key }) => key === 'Escape' && this.#stop(), { signal });
  }

  #move(event: PointerEvent): void {
    const x = event.clientX - this.from.clientX;
    const y = event.clientY - this.from.clientY;
    if (!this.#ghost && Math.hypot(x, y) < SLIP) return;
    this.#ghost ??= ghostOf(this.card);
    this.#ghost.style.transform = `translate(${x}px, ${y}px) rotate(2deg)`;
    this.#place = placeAt(event.clientX, event.clientY, this.#id);
    this.show({ id: this.#id, place: this.#place });
  }

  #release(): void {
    if (this.#ghost) swallowClick();
    if (this.#place) this.drop(this.#id, this.#place);
    this.#stop();
  }

  #stop(): void {
    this.#end.abort();
    this.#ghost?.remove();
    this.show(undefined);
  }
}

function ghostOf(card: HTMLElement): HTMLElement {
  const ghost = card.cloneNode(true) as HTMLElement;
  const { left, top, width } = card.getBoundingClientRect();
  ghost.classList.add('ghost');
  Object.assign(ghost.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` });
  document.body.append(ghost);
  return ghost;
}

/** The release of a card is no click on it. */
function swallowClick(): void {
  const swallow = (event: Event): void => event.stopPropagation();
  addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', swallow, { capture: true }));
}

/** In front of the first card whose middle is below the pointer. */
function placeAt(x: number, y: number, id: string): Place | undefined {
  const column = document.elementFromPoint(x, y)?.closest<HTMLElement>('.column');
  if (!column) return undefined;
  const others = [...column.querySelectorAll<HTMLElement>('.card')].filter(({ dataset }) => dataset.id !== id);
  const next = others.find((card) => {
    const { top, height } = card.getBoundingClientRect();
    return y < top + height / 2;
  });
  return { status: column.dataset.status as TaskStatus, before: next?.dataset.id ?? null };
}
