// Which clips are shown.
import { useMemo } from "preact/hooks";
import { embedded, type Described, type Finding } from "./api";
import { copy, download, idsAsCsv, LIST, pythonOfRows, recipeOf } from "./copy";
import { Histogram } from "./Histogram";
import { type Table } from "./rows";
import { change, MEASURES, UNFILTERED, useLook, type Measure, type State } from "./state";

const TITLES: Record<Measure, string> = {
  class: "Class, by number",
  frames: "Frames",
  persons: "Persons",
  missing: "Missing joints (share)",
  score: "Mean score",
  jitter: "Jitter (share of a person)",
  jointScore: "Mean score of the joint",
};

export function Filters(props: {
  table: Table;
  described: Described;
  marks: Record<string, string>;
  rows: Int32Array;
  without: Record<Measure, Int32Array>; // see `Kept`
  findings: Finding[] | null;
}) {
  const { table, described, marks, rows, without, findings } = props;
  const look = useLook();
  const names = described.label_names;
  // This is drawn again with each frame that plays, and there may be 100,000 clips.
  const ordered = useMemo(() => {
    const labels = new Map<number, number>();
    for (const label of table.labels) {
      for (const one of Array.isArray(label) ? label : label === null ? [] : [label])
        labels.set(one, (labels.get(one) ?? 0) + 1);
    }
    return [...labels].sort(([a], [b]) => a - b);
  }, [table.labels]);
  const histogram = (measure: Measure) => (
    <Histogram
      key={measure}
      measure={measure}
      title={TITLES[measure]}
      values={table.measures[measure]}
      rows={without[measure]}
      range={look.ranges[measure]}
    />
  );
  const set = (changes: Partial<State>) => change(changes);
  return (
    <details class="aside" open={innerWidth > 900}>
      <summary>Filters</summary>
    <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <label>
        Search
        <input
          type="search"
          id="search"
          placeholder="id or class"
          value={look.search}
          onInput={(event) => set({ search: event.currentTarget.value })}
        />
      </label>
      {ordered.length > 0 && (
        <label>
          Class
          <select value={look.label} onChange={(event) => set({ label: event.currentTarget.value })}>
            <option value="">all {ordered.length}</option>
            {ordered.map(([label, count]) => (
              <option key={label} value={`${label}`}>
                {label} {names[label] ?? ""} ({count})
              </option>
            ))}
          </select>
        </label>
      )}
      {Object.keys(table.splits).length > 0 && (
        <label>
          Split
          <select value={look.split} onChange={(event) => set({ split: event.currentTarget.value })}>
            <option value="">all clips</option>
            {Object.entries(table.splits).map(([name, members]) => (
              <option key={name} value={name}>
                {name} ({members.length})
              </option>
            ))}
          </select>
        </label>
      )}
      {!embedded && (
        <label>
          Marked
          <select
            value={look.marked}
            onChange={(event) => set({ marked: event.currentTarget.value as State["marked"] })}
          >
            <option value="">all clips</option>
            <option value="yes">marked as bad ({Object.keys(marks).length})</option>
            <option value="no">not marked</option>
          </select>
        </label>
      )}
      {findings && findings.some((finding) => finding.ids.length > 0) && (
        <label>
          Finding
          <select
            value={look.finding}
            onChange={(event) => set({ finding: event.currentTarget.value })}
          >
            <option value="">all clips</option>
            {findings
              .filter((finding) => finding.ids.length > 0)
              .map(({ code, what, ids }) => (
                <option key={code} value={code}>
                  {code} {what} ({ids.length})
                </option>
              ))}
          </select>
        </label>
      )}
      {MEASURES.filter((measure) => measure !== "jointScore").map(histogram)}
      {described.joints.length > 0 && !embedded && (
        <label>
          Score of a joint
          <select
            value={look.joint}
            onChange={(event) => {
              const { jointScore: _, ...others } = look.ranges;
              set({ joint: event.currentTarget.value, ranges: others });
            }}
          >
            <option value="">choose one</option>
            {described.joints.map((joint) => (
              <option key={joint} value={joint}>
                {joint}
              </option>
            ))}
          </select>
        </label>
      )}
      {look.joint && histogram("jointScore")}
      {table.measured < table.count && (
        <p class="note" role="status">
          Measured {table.measured} of {table.count} clips
        </p>
      )}
      <div class="buttons">
        <button
          type="button"
          onClick={() => set(UNFILTERED)}
        >
          Show all
        </button>
        <button type="button" onClick={() => download(LIST, idsAsCsv(table, rows))}>
          Export ids
        </button>
        <button type="button" onClick={() => copy(recipeOf(look, described))}>
          Copy as recipe
        </button>
        <button type="button" onClick={() => copy(pythonOfRows(described, table, rows))}>
          Copy as Python
        </button>
      </div>
    </form>
    </details>
  );
}
