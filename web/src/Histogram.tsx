// How a measure is distributed; dragging over it, or its two numbers, keeps a range.
import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import { change, now, type Measure, type Range } from "./state";

const BARS = 30;
const bars = uPlot.paths.bars!({ size: [0.9] });

export function Histogram(props: {
  measure: Measure;
  title: string;
  values: Float32Array;
  rows: Int32Array; // the clips that the other filters keep
  range?: Range;
}) {
  const { measure, title, values, rows, range } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const whole = ["class", "frames", "persons"].includes(measure);
  const { low, most, step, data } = useMemo(() => counted(values, rows, whole), [values, rows, whole]);
  const bins = data[0].length;
  const high = low + bins * step;
  const keep = (next: Range | undefined) => {
    const { [measure]: _, ...others } = now().ranges;
    change({ ranges: next ? { ...others, [measure]: next } : others });
  };

  useEffect(() => {
    if (!bins) return;
    const color = getComputedStyle(place.current!).color;
    const made = new uPlot(
      {
        width: place.current!.clientWidth || 220,
        height: 54,
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
        scales: { x: { time: false, range: () => [low, high] } },
        axes: [{ show: false }, { show: false }],
        padding: [2, 0, 2, 0],
        series: [{}, { paths: bars, fill: color, stroke: color, points: { show: false } }],
        hooks: {
          setSelect: [
            (self) => {
              if (self.select.width < 2) return;
              const from = self.posToVal(self.select.left, "x");
              const to = self.posToVal(self.select.left + self.select.width, "x");
              // Of whole numbers those whose bars are kept to more than a half.
              const ends: Range = [Math.ceil(from - 0.5), Math.floor(to - 0.5)];
              if (!whole) keep([floored(from), raised(to)]);
              else if (ends[0] <= ends[1]) keep(ends);
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
        },
      },
      data,
      place.current!,
    );
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [low, high]);
  useEffect(() => plot.current?.setData(data), [data]);

  if (!bins) return null;
  const shown = range ?? [floored(low), raised(most)];
  const input = (end: 0 | 1, name: string) => (
    <input
      type="number"
      aria-label={`${title}, ${name}`}
      step={whole ? 1 : "any"}
      value={shown[end]}
      onChange={(event) => {
        const value = event.currentTarget.valueAsNumber;
        if (!Number.isNaN(value)) keep(end ? [shown[0], value] : [value, shown[1]]);
      }}
    />
  );
  return (
    <fieldset class={range ? "histogram kept" : "histogram"}>
      <legend>{title}</legend>
      <div ref={place} class="plot" aria-hidden="true" />
      <div class="ends">
        {input(0, "from")}
        {range && (
          <button type="button" onClick={() => keep(undefined)} aria-label={`All of ${title}`}>
            all
          </button>
        )}
        {input(1, "to")}
      </div>
    </fieldset>
  );
}

/** Count values in bars of one width, over the range of all of them. */
function counted(values: Float32Array, rows: Int32Array, whole: boolean) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { low: 0, most: 0, step: 1, data: [[], []] as [number[], number[]] };
  const step = Math.max((high - low) / BARS, whole ? 1 : 1e-6);
  const counts = new Array<number>(Math.floor((high - low) / step) + 1).fill(0);
  for (const row of rows) {
    const value = values[row]!;
    if (!Number.isNaN(value)) counts[Math.floor((value - low) / step)]!++;
  }
  const middles = counts.map((_, bar) => low + (bar + 0.5) * step);
  return { low, most: high, step, data: [middles, counts] as [number[], number[]] };
}

// Rounded so that no clip falls out of the range of all.
const digits = (value: number) => 10 ** (4 - Math.ceil(Math.log10(Math.max(Math.abs(value), 1e-9))));
const floored = (value: number) => Math.floor(value * digits(value)) / digits(value);
const raised = (value: number) => Math.ceil(value * digits(value)) / digits(value);
