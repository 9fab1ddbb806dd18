import uPlot from 'uplot';

const HEIGHT = 132;
/** At the least, so that the first samples do not fill it. */
const SPAN_S = 120;
/** Of the lines, in their order. */
const COLOURS = ['--accent', '--muted'];

interface Plot {
  readonly chart: uPlot;
  readonly end: () => void;
}

/** Draws lines over time into an element, as wide as that is. `onPoint`: which sample the pointer is at. */
export function plot(
  place: HTMLElement,
  lines: number,
  show: (value: number) => string,
  onPoint: (at: number | undefined) => void,
): Plot {
  const chart = new uPlot(options(place, lines, show, onPoint), [[]], place);
  const resized = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT }));
  resized.observe(place);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const redraw = (): void => chart.redraw();
  scheme.addEventListener('change', redraw);
  return {
    chart,
    end: () => {
      scheme.removeEventListener('change', redraw);
      resized.disconnect();
      chart.destroy();
    },
  };
}

function options(
  place: HTMLElement,
  lines: number,
  show: (value: number) => string,
  onPoint: (at: number | undefined) => void,
): uPlot.Options {
  const colour = (name: string) => (): string => getComputedStyle(place).getPropertyValue(name);
  const series = COLOURS.slice(0, lines).map((name, line): uPlot.Series => {
    const stroke = colour(name);
    return { stroke, width: 1.5, points: { show: false }, ...(line === 0 && { fill: colour('--wash') }) };
  });
  return {
    width: place.clientWidth,
    height: HEIGHT,
    padding: [6, 20, 0, 0],
    legend: { show: false },
    // All charts show the same moment.
    cursor: { y: false, drag: { x: false }, points: { size: 6 }, sync: { key: 'console' } },
    scales: {
      x: { range: (_, from, to) => (Number.isFinite(to) ? [Math.min(from, to - SPAN_S), to] : now()) },
      y: { range: (_, __, most) => [0, Math.max(1, (most || 0) * 1.15)] },
    },
    axes: axes(colour, show),
    series: [{}, ...series],
    hooks: { setCursor: [({ cursor: { idx } }) => onPoint(idx ?? undefined)] },
  };
}

/** Time below, values beside. */
function axes(colour: (name: string) => () => string, show: (value: number) => string): uPlot.Axis[] {
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return [
    { ...axis, size: 20, gap: 4, space: 80, grid: { show: false }, values: '{HH}:{mm}:{ss}' },
    { ...axis, size: 58, gap: 6, space: 36, values: (_, ticks) => ticks.map(show) },
  ];
}

function now(): [number, number] {
  const at = Date.now() / 1000;
  return [at - SPAN_S, at];
}
