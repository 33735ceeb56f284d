import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import "uplot/dist/uPlot.min.css";
import * as api from "./api";
import { About } from "./About";
import "./app.css";
import { Filters } from "./Filters";
import { Gallery } from "./Gallery";
import { Player } from "./Player";
import { filtered, findingsOf, hasLabel, makeTable, sorted, type Table as Rows } from "./rows";
import { change, useLook, type State } from "./state";
import { Table } from "./Table";

const VIEWS: [State["view"], string][] = [
  ["table", "Table"],
  ["gallery", "Gallery"],
  ["about", "About"],
];

function App(props: { described: api.Described; first: Rows; saved: Record<string, string> }) {
  const { described } = props;
  const look = useLook();
  const [table, setTable] = useState(props.first);
  const [marks, setMarks] = useState(props.saved);
  const [fault, setFault] = useState("");
  const [findings, setFindings] = useState<api.Finding[] | null>(null);
  const [places] = useState(() => new Map(props.first.ids.map((id, index) => [id, index])));

  useEffect(() => {
    // What is measured arrives while one looks already.
    let current = true;
    const measures = props.first.measures;
    const ask = async (since: number): Promise<void> => {
      const found = await api.facts(since).catch(() => null);
      if (!current || !found) return;
      found.missing.forEach((value, offset) => {
        measures.missing[since + offset] = value ?? NaN;
        measures.score[since + offset] = found.score[offset] ?? NaN;
        measures.jitter[since + offset] = found.jitter[offset] ?? NaN;
      });
      const measured = since + found.missing.length;
      if (measured > since) {
        const { missing, score, jitter } = measures;
        const fresh = { missing: missing.slice(), score: score.slice(), jitter: jitter.slice() };
        setTable((was) => ({ ...was, measured, measures: { ...was.measures, ...fresh } }));
      }
      if (measured < props.first.count) setTimeout(() => ask(measured), 1000);
      else await askFindings();
    };
    const askFindings = async (): Promise<void> => {
      const found = await api.findings().catch(() => []);
      if (!current) return;
      setFindings(found);
      if (found) setTable((was) => ({ ...was, findings: findingsOf(found) }));
      else setTimeout(askFindings, 1000);
    };
    void ask(0);
    return () => {
      current = false;
    };
  }, []);

  const joint = described.joints.indexOf(look.joint);
  const known = useRef({ joint: -1, scores: new Float32Array() });
  useEffect(() => {
    if (joint < 0 || api.embedded) return;
    if (known.current.joint !== joint) known.current = { joint, scores: new Float32Array() };
    const { scores } = known.current;
    let current = true;
    api
      .jointScores(joint, scores.length)
      .catch(() => [])
      .then((found) => {
        if (!current) return;
        const all = new Float32Array(scores.length + found.length);
        all.set(scores);
        all.set(found.map((value) => value ?? NaN), scores.length);
        known.current.scores = all;
        const jointScore = new Float32Array(props.first.count).fill(NaN);
        jointScore.set(all);
        setTable((was) => ({ ...was, measures: { ...was.measures, jointScore } }));
      });
    return () => {
      current = false;
    };
  }, [joint, table.measured]);

  const { search, label, split, marked, finding, ranges, sort } = look;
  const kept = useMemo(
    () => filtered(table, look, marks, described.label_names),
    [table, marks, search, label, split, marked, finding, ranges],
  );
  const rows = useMemo(() => sorted(table, kept.rows, sort), [table, kept, sort]);
  const index = places.get(look.clip);
  const next = (by: number, sameClass: boolean) => {
    const place = index === undefined ? -1 : rows.indexOf(index);
    const wanted = index === undefined ? null : table.labels[index]!;
    for (let step = place + by; step >= 0 && step < rows.length; step += by) {
      const row = rows[step]!;
      const same = [wanted].flat().some((one) => one !== null && hasLabel(table.labels[row]!, one));
      if (!sameClass || same) {
        change({ clip: table.ids[row]!, frame: 0 });
        return;
      }
    }
  };
  const mark = (of: number, note: string | null) =>
    api
      .mark(of, note)
      .then((saved) => (setMarks(saved), setFault("")))
      .catch((error: Error) => setFault(error.message));
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const on = event.target as HTMLElement;
      if (event.key === "/" && !on.matches("input, select, textarea")) {
        event.preventDefault();
        document.getElementById("search")?.focus();
      } else if (event.key === "Escape") {
        if (on.matches("input")) on.blur();
        else change({ clip: "" });
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);

  return (
    <>
      <header class="top">
        <h1>{described.path.split("/").pop()}</h1>
        <nav aria-label="Views">
          {VIEWS.map(([view, title]) => (
            <button
              key={view}
              type="button"
              aria-pressed={look.view === view}
              onClick={() => change({ view }, true)}
            >
              {title}
            </button>
          ))}
        </nav>
        <p role="status">
          {rows.length === table.count ? "" : `${rows.length} of `}
          {table.count} {table.count === 1 ? "clip" : "clips"}
        </p>
        <p id="said" role="status" />
        {fault && (
          <p class="fault" role="alert">
            {fault}
          </p>
        )}
      </header>
      <main class={index !== undefined && look.view === "table" ? "with-clip" : ""}>
        {look.view !== "about" && (
          <Filters
            table={table}
            described={described}
            marks={marks}
            rows={rows}
            without={kept.without}
            findings={findings}
          />
        )}
        {look.view === "table" && (
          <Table table={table} rows={rows} names={described.label_names} marks={marks} />
        )}
        {look.view === "table" && index !== undefined && (
          <Player
            table={table}
            described={described}
            index={index}
            next={next}
            note={marks[look.clip]}
            mark={mark}
          />
        )}
        {look.view === "gallery" && <Gallery table={table} described={described} rows={rows} />}
        {look.view === "about" && <About described={described} table={table} findings={findings} />}
      </main>
    </>
  );
}

const place = document.getElementById("app")!;
try {
  const [described, columns, saved] = await Promise.all([api.dataset(), api.table(), api.marks()]);
  document.title = `${described.path.split("/").pop()} · skelconv`;
  place.textContent = "";
  const single = api.embedded?.mode === "clip";
  if (api.embedded?.mode === "report" && !location.hash) change({ view: "about" });
  if (single) change({ clip: columns.ids[0]!, view: "table" });
  document.documentElement.classList.toggle("single", single);
  render(<App described={described} first={makeTable(columns)} saved={saved} />, place);
} catch (error) {
  place.textContent = `The dataset cannot be shown: ${(error as Error).message}`;
}
