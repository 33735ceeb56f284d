// What the dataset is: its counts, its classes, what was found in it, and what it was made from.
import { useMemo } from "preact/hooks";
import type { Described, Finding } from "./api";
import type { Table } from "./rows";
import { change } from "./state";

interface Report {
  clips?: number;
  splits?: Record<string, number>;
  dropped?: Record<string, number>;
  left_out?: Record<string, number>;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

export function About(props: { described: Described; table: Table; findings: Finding[] | null }) {
  const { described, table, findings } = props;
  return (
    <section class="about" aria-label="About the dataset">
      <Counts described={described} table={table} />
      <Findings findings={findings} />
      <Classes described={described} table={table} />
      <h2>Quarantined clips</h2>
      {described.quarantined.length === 0 ? (
        <p>None is known.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Id</th>
              <th scope="col">Reason</th>
            </tr>
          </thead>
          <tbody>
            {described.quarantined.map((clip) => (
              <tr key={clip.id}>
                <td>{clip.id}</td>
                <td>{clip.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>Provenance</h2>
      {described.provenance ? (
        <pre tabIndex={0}>{JSON.stringify(described.provenance, null, 2)}</pre>
      ) : (
        <p>There is no provenance beside the dataset.</p>
      )}
    </section>
  );
}

function Counts(props: { described: Described; table: Table }) {
  const { described, table } = props;
  const recipe = record(record(described.provenance).recipe);
  const expect = record(recipe.expect);
  const expected = { clips: expect.clips, ...record(expect.splits) } as Record<string, unknown>;
  const report = record(record(described.provenance).report) as Report;
  const counts: [string, number][] = [
    ["clips", table.count],
    ...Object.entries(table.splits).map(([name, members]): [string, number] => [name, members.length]),
    ["quarantined", described.quarantined.length],
    ...Object.entries({ ...report.dropped, ...report.left_out }),
  ];
  return (
    <>
      <h2>Counts</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Clips</th>
            <th scope="col">Expected</th>
          </tr>
        </thead>
        <tbody>
          {counts.map(([name, count]) => {
            const wanted = expected[name];
            const differs = typeof wanted === "number" && wanted !== count;
            return (
              <tr key={name} class={differs ? "differs" : ""}>
                <td>{name}</td>
                <td>{count}</td>
                <td>{typeof wanted === "number" ? `${wanted}${differs ? " (differs)" : ""}` : ""}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

function Findings(props: { findings: Finding[] | null }) {
  const { findings } = props;
  return (
    <>
      <h2>Findings</h2>
      {findings === null && <p>The clips are being looked at.</p>}
      {findings?.length === 0 && <p>None: the dataset is sound.</p>}
      {findings && findings.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Code</th>
              <th scope="col">Severity</th>
              <th scope="col">What</th>
              <th scope="col">Clips</th>
            </tr>
          </thead>
          <tbody>
            {findings.map((finding, place) => (
              <tr key={place}>
                <td>
                  <button
                    type="button"
                    onClick={() => change({ view: "table", finding: finding.code }, true)}
                    disabled={finding.ids.length === 0}
                  >
                    {finding.code}
                  </button>
                </td>
                <td>{finding.severity}</td>
                <td>{finding.what}</td>
                <td>{finding.ids.length || ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Classes(props: { described: Described; table: Table }) {
  const { described, table } = props;
  const counts = useMemo(() => {
    const found = new Map<number, number>(described.label_names.map((_, label) => [label, 0]));
    for (const label of table.labels) {
      for (const one of [label].flat()) if (one !== null) found.set(one, (found.get(one) ?? 0) + 1);
    }
    return [...found].sort(([a], [b]) => a - b);
  }, [table.labels]);
  if (counts.length === 0) return null;
  const most = Math.max(...counts.map(([, count]) => count), 1);
  return (
    <>
      <h2>Classes</h2>
      <table class="classes">
        <thead>
          <tr>
            <th scope="col">Label</th>
            <th scope="col">Name</th>
            <th scope="col">Clips</th>
          </tr>
        </thead>
        <tbody>
          {counts.map(([label, count]) => (
            <tr key={label}>
              <td>{label}</td>
              <td>{described.label_names[label] ?? ""}</td>
              <td>
                <meter min={0} max={most} value={count} aria-hidden="true" /> {count}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
