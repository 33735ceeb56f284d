// What one takes along: text for Python and recipes, ids in a csv file.
import type { Described } from "./api";
import type { Table } from "./rows";
import type { State } from "./state";

export async function copy(text: string): Promise<void> {
  const said = document.getElementById("said")!;
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied";
  } catch {
    said.textContent = text;
  }
}

export function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A cell of a csv file. */
const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export function idsAsCsv(table: Table, rows: Int32Array): string {
  return ["id", ...Array.from(rows, (row) => cell(table.ids[row]!))].join("\n") + "\n";
}

/** A text in Python, and in YAML, whatever is in it. */
const quoted = (text: string) => JSON.stringify(text);

/** What opens the dataset in Python. */
function opened({ path, options }: Described): string {
  const given = Object.entries(options).map(([key, value]) => `${quoted(key)}: ${quoted(value)}`);
  return `skelconv.open(${quoted(path)}${given.length ? `, **{${given.join(", ")}}` : ""})`;
}

export function pythonOf(described: Described, id: string): string {
  return `import skelconv\n\nclip = ${opened(described)}[${quoted(id)}]\n`;
}

/** So many ids are written into Python; more are read from the csv file. */
const MOST_IDS = 100;

export function pythonOfRows(described: Described, table: Table, rows: Int32Array): string {
  if (rows.length === table.count) return `import skelconv\n\ndataset = ${opened(described)}\n`;
  if (rows.length <= MOST_IDS) {
    const ids = Array.from(rows, (row) => `    ${quoted(table.ids[row]!)},\n`).join("");
    return `import skelconv\n\ndataset = ${opened(described)}[[\n${ids}]]\n`;
  }
  return `import csv

import skelconv

# ${LIST}: what "Export ids" has saved
with open("${LIST}", encoding="utf-8", newline="") as file:
    ids = [row["id"] for row in csv.DictReader(file)]
dataset = ${opened(described)}[ids]
`;
}

/** The name of the file of ids. */
export const LIST = "clips.csv";

/** Whether only a list of ids says which clips pass: recipes have no such filter. */
function needsList(state: State, described: Described): boolean {
  const { frames, ...others } = state.ranges;
  return (
    [state.search, state.split, state.finding].some((one) => one !== "") ||
    Object.keys(others).length > 0 ||
    (state.marked !== "" && described.marks === null)
  );
}

/** The filters as transforms of a recipe that keep the same clips. */
export function recipeOf(state: State, described: Described): string {
  const lines: string[] = [];
  if (needsList(state, described)) {
    lines.push(`  # ${LIST}: what "Export ids" has saved`);
    lines.push(`  - {use: filter-list, with: {csv: ${LIST}, keep: true}}`);
  } else {
    const { frames } = state.ranges;
    if (state.label !== "")
      lines.push(`  - {use: filter-label, with: {keep: [${Number(state.label)}]}}`);
    if (frames) {
      const [low, high] = [Math.max(Math.ceil(frames[0]), 0), Math.floor(frames[1])];
      lines.push(`  - {use: filter-length, with: {min_frames: ${low}, max_frames: ${high}}}`);
    }
    if (state.marked !== "") {
      const keep = state.marked === "yes" ? ", keep: true" : "";
      lines.push(`  - {use: filter-list, with: {csv: ${quoted(described.marks!)}${keep}}}`);
    }
  }
  return lines.length ? `transforms:\n${lines.join("\n")}\n` : "transforms: []\n";
}
