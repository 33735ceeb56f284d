// Which clips are shown, and in which order.
import type { Columns, Finding, Label } from "./api";
import { MEASURES, type Measure, type State } from "./state";

/** All that is known of the clips, a column each. */
export interface Table extends Columns {
  count: number;
  splitsOf: string[];
  findings: Map<string, Set<string>>; // the codes of each clip that any concerns
  measures: Record<Measure, Float32Array>; // NaN where it is not known yet
  measured: number;
}

export function makeTable(columns: Columns): Table {
  const count = columns.ids.length;
  const splitsOf = new Array<string>(count).fill("");
  for (const [name, members] of Object.entries(columns.splits)) {
    for (const index of members) splitsOf[index] += (splitsOf[index] ? ", " : "") + name;
  }
  const column = (values: number[] | null) =>
    values ? Float32Array.from(values) : new Float32Array(count).fill(NaN);
  return {
    ...columns,
    count,
    splitsOf,
    findings: new Map(),
    measured: 0,
    measures: {
      class: Float32Array.from(columns.labels, (label) => firstOf(label) ?? NaN),
      frames: column(columns.frames),
      persons: column(columns.persons),
      missing: column(null),
      score: column(null),
      jitter: column(null),
      jointScore: column(null),
    },
  };
}

export function findingsOf(findings: Finding[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { code, ids } of findings) {
    for (const id of ids) found.set(id, (found.get(id) ?? new Set()).add(code));
  }
  return found;
}

export function hasLabel(label: Label, wanted: number): boolean {
  return Array.isArray(label) ? label.includes(wanted) : label === wanted;
}

/** The number by which clips of several classes are sorted and counted. */
const firstOf = (label: Label) => (Array.isArray(label) ? label[0] : label);

export function labelText(label: Label, names: string[]): string {
  if (label === null) return "";
  const one = (number: number) => (names[number] ? `${number} ${names[number]}` : `${number}`);
  return Array.isArray(label) ? label.map(one).join(", ") : one(label);
}

/** The clips that pass all filters; and, for each measure, those that pass all but its own. */
export interface Kept {
  rows: Int32Array;
  without: Record<Measure, Int32Array>;
}

export function filtered(
  table: Table,
  state: State,
  marks: Record<string, string>,
  names: string[],
): Kept {
  const search = state.search.toLowerCase();
  const label = state.label === "" ? null : Number(state.label);
  const members = state.split === "" ? null : new Set(table.splits[state.split] ?? []);
  const ranges = MEASURES.flatMap((name) => {
    const range = state.ranges[name];
    return range ? [{ name, values: table.measures[name], low: range[0], high: range[1] }] : [];
  });
  const passing: number[] = [];
  // Only where its own range leaves clips out does the histogram of a measure show more.
  const alone = Object.fromEntries(ranges.map(({ name }) => [name, [] as number[]]));
  for (let index = 0; index < table.count; index++) {
    if (label !== null && !hasLabel(table.labels[index]!, label)) continue;
    if (members && !members.has(index)) continue;
    if (state.finding && !table.findings.get(table.ids[index]!)?.has(state.finding)) continue;
    if (state.marked && (table.ids[index]! in marks) !== (state.marked === "yes")) continue;
    if (
      search &&
      !table.ids[index]!.toLowerCase().includes(search) &&
      !labelText(table.labels[index]!, names).toLowerCase().includes(search)
    )
      continue;
    const outside = ranges.filter(
      ({ values, low, high }) => !(values[index]! >= low && values[index]! <= high),
    );
    if (outside.length === 0) {
      passing.push(index);
      for (const { name } of ranges) alone[name]!.push(index);
    } else if (outside.length === 1) alone[outside[0]!.name]!.push(index);
  }
  const rows = Int32Array.from(passing);
  const without = Object.fromEntries(
    MEASURES.map((name) => [name, alone[name] ? Int32Array.from(alone[name]) : rows]),
  ) as Record<Measure, Int32Array>;
  return { rows, without };
}

export function sorted(table: Table, rows: Int32Array, sort: string): Int32Array {
  if (!sort) return rows;
  const down = sort.startsWith("-");
  const column = down ? sort.slice(1) : sort;
  const values = table.measures[column as Measure];
  const first = (label: Label) => firstOf(label) ?? -1;
  const compare = values
    ? (a: number, b: number) => number(values[a]!) - number(values[b]!)
    : column === "label"
      ? (a: number, b: number) => first(table.labels[a]!) - first(table.labels[b]!)
      : column === "split"
        ? (a: number, b: number) => text(table.splitsOf[a]!, table.splitsOf[b]!)
        : column === "findings"
          ? (a: number, b: number) =>
              (table.findings.get(table.ids[a]!)?.size ?? 0) -
              (table.findings.get(table.ids[b]!)?.size ?? 0)
        : (a: number, b: number) => text(table.ids[a]!, table.ids[b]!);
  return rows.slice().sort((a, b) => (down ? compare(b, a) : compare(a, b)) || a - b);
}

const number = (value: number) => (Number.isNaN(value) ? -Infinity : value);
const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
