// What one takes along: text for Python and recipes, ids in a csv file.
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

/** A text in Python, whatever is in it. */
const quoted = (text: string) => JSON.stringify(text);

export function pythonOf(path: string, id: string): string {
  return `import skelconv\n\nclip = skelconv.open(${quoted(path)})[${quoted(id)}]\n`;
}

/** The filters as transforms of a recipe, as far as transforms know them. */
export function filterRecipe(state: State): string {
  const lines: string[] = [];
  const { frames, persons, missing } = state.ranges;
  if (state.label !== "") lines.push(`  - {use: filter-label, with: {keep: [${Number(state.label)}]}}`);
  if (frames) lines.push(`  - {use: filter-length, with: {min_frames: ${frames[0]}, max_frames: ${frames[1]}}}`);
  if (persons) lines.push(`  # persons from ${persons[0]} to ${persons[1]}`);
  if (missing) lines.push(`  # missing joints from ${missing[0]} to ${missing[1]}`);
  if (state.search || state.split || state.marked)
    lines.push("  # for search, split and marks: Export ids, and", "  # - {use: filter-list, with: {csv: clips.csv, keep: true}}");
  return ["transforms:", ...(lines.length ? lines : ["  # every clip"])].join("\n") + "\n";
}
