// The table of clips. Only the rows on the screen are there: 100,000 clips scroll as ten do.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { change, useLook } from "./state";
import { labelText, type Table as Rows } from "./rows";

const ROW = 30; // pixels
const SPARE = 10; // rows above and below the screen

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

export function Table(props: { table: Rows; rows: Int32Array; names: string[]; marks: Record<string, string> }) {
  const { table, rows, names, marks } = props;
  const look = useLook();
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(() => setHeight(box.current?.clientHeight ?? 600));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  const chosen = look.clip ? rows.findIndex((row) => table.ids[row] === look.clip) : -1;
  useEffect(() => {
    const view = box.current;
    if (!view || chosen < 0) return;
    const place = chosen * ROW;
    if (place < view.scrollTop) view.scrollTop = place;
    else if (place > view.scrollTop + view.clientHeight - 2 * ROW)
      view.scrollTop = place - view.clientHeight + 2 * ROW;
  }, [chosen]);
  const first = Math.max(Math.floor(top / ROW) - SPARE, 0);
  const last = Math.min(Math.ceil((top + height) / ROW) + SPARE, rows.length);
  const sort = (column: string) => change({ sort: look.sort === column ? `-${column}` : column });
  return (
    <div
      class="table"
      role="table"
      aria-label="Clips"
      aria-rowcount={rows.length + 1}
      ref={box}
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
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
        {Array.from(rows.subarray(first, last), (row, offset) => {
          const id = table.ids[row]!;
          return (
            <div
              key={row}
              role="row"
              aria-rowindex={first + offset + 2}
              aria-current={id === look.clip ? "true" : undefined}
              class={`row${id === look.clip ? " chosen" : ""}${id in marks ? " bad" : ""}`}
              style={{ top: `${(first + offset) * ROW}px` }}
              onClick={() => change({ clip: id, frame: 0 })}
            >
              <span role="cell" class="text">
                <button type="button" class="id" title={id}>
                  {id in marks ? "⚑ " : ""}
                  {id}
                </button>
              </span>
              <span role="cell" class="text">{labelText(table.labels[row]!, names)}</span>
              <span role="cell" class="text">{table.splitsOf[row]}</span>
              <span role="cell" class="number">{plain(table.measures.persons[row]!)}</span>
              <span role="cell" class="number">{plain(table.measures.frames[row]!)}</span>
              <span role="cell" class="number">{percent(table.measures.missing[row]!)}</span>
              <span role="cell" class="number">{percent(table.measures.score[row]!)}</span>
              <span role="cell" class="number">{percent(table.measures.jitter[row]!)}</span>
              <span role="cell" class="text">{[...(table.findings.get(id) ?? [])].join(" ")}</span>
            </div>
          );
        })}
      </div>
      {rows.length === 0 && <p class="none">No clip passes these filters.</p>}
    </div>
  );
}
