import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { plot } from './plot';
import type { Sample } from './sample';

export type Line = readonly [label: string, figure: Exclude<keyof Sample, 'at'>];

interface Props {
  readonly title: string;
  readonly unit?: string;
  readonly samples: readonly Sample[];
  /** The first one is what matters most. */
  readonly lines: readonly Line[];
  readonly show: (value: number) => string;
}

/** Figures over the last minutes: the newest in digits, or those under the pointer. */
export function Chart({ title, unit, samples, lines, show }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot>(undefined);
  const [at, setAt] = useState<number>();
  const pointed = at === undefined ? undefined : samples[at];
  const shown = pointed ?? samples.at(-1);
  useEffect(() => {
    const { chart, end } = plot(place.current!, lines.length, show, setAt);
    drawn.current = chart;
    return end;
  }, []);
  useEffect(() => drawn.current?.setData(dataOf(samples, lines)), [samples]);
  return (
    <section class="card chart" aria-label={title}>
      <header>
        <h2>
          {title} {unit && <small>{unit}</small>}
        </h2>
        {pointed && <small>{new Date(pointed.at * 1000).toLocaleTimeString('en-GB')}</small>}
      </header>
      <p class="figures">
        {lines.map(([label, figure], n) => (
          <Figure
            key={figure}
            label={lines.length > 1 ? label : undefined}
            line={n}
            value={shown?.[figure]}
            show={show}
          />
        ))}
      </p>
      <div ref={place} class="plot" aria-hidden="true" />
    </section>
  );
}

interface FigureProps {
  readonly label?: string;
  readonly line: number;
  readonly value: number | null | undefined;
  readonly show: (value: number) => string;
}

function Figure({ label, line, value, show }: FigureProps) {
  return (
    <span class={`figure line-${line}`}>
      {label && <small>{label}</small>}
      <output>{value === null || value === undefined ? '–' : show(value)}</output>
    </span>
  );
}

function dataOf(samples: readonly Sample[], lines: readonly Line[]): uPlot.AlignedData {
  return [samples.map(({ at }) => at), ...lines.map(([, figure]) => samples.map((sample) => sample[figure]))];
}
