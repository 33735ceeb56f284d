// The table of clips. Only the rows on the screen are there: 100,000 clips scroll as ten do.
import { memo } from "preact/compat";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { change, useLook } from "./state";
import { labelText, type Table as Rows } from "./rows";

const ROW = 30; // pixels
const SPARE = 6; // rows above and below the screen

const COLUMNS: [string, string, string][] = [
  ["id", "Id", "text"],
  ["label", "Class", "text"],
  ["split", "Split", "text"],
  ["persons", "Persons", "number"],
  ["frames", "Frames", "number"],
  ["missing", "Missing", "number"],
  ["score", "Score", "number"],
  ["jitter", "Jitter", "number"],
  ["findings", "Findings", "text"],
];

const percent = (value: number) => (Number.isNaN(value) ? "" : `${(100 * value).toFixed(1)} %`);
const plain = (value: number) => (Number.isNaN(value) ? "" : `${value}`);

/** One row. It is drawn again only when what it shows has changed. */
const Row = memo(function Row(props: {
  table: Rows;
  place: number;
  row: number;
  names: string[];
  chosen: boolean;
  bad: boolean;
}) {
  const { table, place, row, names, chosen, bad } = props;
  const id = table.ids[row]!;
  const { persons, frames, missing, score, jitter } = table.measures;
  return (
    <div
      role="row"
      aria-rowindex={place + 2}
      aria-current={chosen ? "true" : undefined}
      class={`row${chosen ? " chosen" : ""}${bad ? " bad" : ""}`}
      onClick={() => change({ clip: id, frame: 0 })}
    >
      <span role="cell" class="text">
        <button type="button" class="id" title={id}>
          {bad ? `⚑ ${id}` : id}
        </button>
      </span>
      <span role="cell" class="text">{labelText(table.labels[row]!, names)}</span>
      <span role="cell" class="text">{table.splitsOf[row]}</span>
      <span role="cell" class="number">{plain(persons[row]!)}</span>
      <span role="cell" class="number">{plain(frames[row]!)}</span>
      <span role="cell" class="number">{percent(missing[row]!)}</span>
      <span role="cell" class="number">{percent(score[row]!)}</span>
      <span role="cell" class="number">{percent(jitter[row]!)}</span>
      <span role="cell" class="text">{[...(table.findings.get(id) ?? [])].join(" ")}</span>
    </div>
  );
});

/** Keys of the rows on the screen: a row that comes takes the elements of one that has left. */
function useKeys(first: number, last: number): number[] {
  const before = useRef({ first: 0, keys: [] as number[], made: 0 });
  const { first: start, keys: old, made } = before.current;
  const free = old.filter((_, offset) => start + offset < first || start + offset >= last);
  let next = made;
  const keys = Array.from({ length: Math.max(last - first, 0) }, (_, offset) => {
    return old[first + offset - start] ?? free.pop() ?? next++;
  });
  before.current = { first, keys, made: next };
  return keys;
}

export function Table(props: { table: Rows; rows: Int32Array; names: string[]; marks: Record<string, string> }) {
  const { table, rows, names, marks } = props;
  const look = useLook();
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0); // the first row on the screen
  const [height, setHeight] = useState(20); // in rows
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([entry]) =>
      setHeight(Math.ceil((entry?.contentRect.height ?? 600) / ROW)),
    );
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  const chosen = useMemo(
    () => (look.clip ? rows.findIndex((row) => table.ids[row] === look.clip) : -1),
    [look.clip, rows],
  );
  useEffect(() => {
    const view = box.current;
    if (!view || chosen < 0) return;
    const place = chosen * ROW;
    if (place < view.scrollTop) view.scrollTop = place;
    else if (place > view.scrollTop + view.clientHeight - 2 * ROW)
      view.scrollTop = place - view.clientHeight + 2 * ROW;
  }, [chosen]);
  const first = Math.min(Math.max(top - SPARE, 0), rows.length);
  const last = Math.min(top + height + SPARE, rows.length);
  const keys = useKeys(first, last);
  const sort = (column: string) => change({ sort: look.sort === column ? `-${column}` : column });
  return (
    <div
      class="table"
      role="table"
      aria-label="Clips"
      aria-rowcount={rows.length + 1}
      ref={box}
      tabIndex={0}
      onScroll={(event) => setTop(Math.floor(event.currentTarget.scrollTop / ROW))}
    >
      <div class="row head" role="row" aria-rowindex={1}>
        {COLUMNS.map(([column, title, kind]) => (
          <span
            key={column}
            class={kind}
            role="columnheader"
            aria-sort={
              look.sort === column ? "ascending" : look.sort === `-${column}` ? "descending" : "none"
            }
          >
            <button type="button" onClick={() => sort(column)}>
              {title}
              {look.sort === column ? " ↑" : look.sort === `-${column}` ? " ↓" : ""}
            </button>
          </span>
        ))}
      </div>
      <div class="rows" role="rowgroup" style={{ height: `${Math.max(rows.length * ROW, 1)}px` }}>
        <div class="window" role="presentation" style={{ top: `${first * ROW}px` }}>
        {keys.map((key, offset) => {
          const row = rows[first + offset]!;
          return (
            <Row
              key={key}
              table={table}
              place={first + offset}
              row={row}
              names={names}
              chosen={first + offset === chosen}
              bad={table.ids[row]! in marks}
            />
          );
        })}
        </div>
      </div>
      {rows.length === 0 && <p class="none">No clip passes these filters.</p>}
    </div>
  );
}
