// Clips that play beside each other, all with one clock.
import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "./api";
import { draw } from "./draw";
import { labelText, type Table } from "./rows";
import { change, useLook } from "./state";

const PAGE = 24;
const FPS = 30;

export function Gallery(props: { table: Table; described: api.Described; rows: Int32Array }) {
  const { table, described, rows } = props;
  const look = useLook();
  const [clips, setClips] = useState<Map<number, api.Clip>>(new Map());
  const canvases = useRef(new Map<number, HTMLCanvasElement>());
  const pages = Math.max(Math.ceil(rows.length / PAGE), 1);
  const current = Math.min(Math.max(look.page, 0), pages - 1);
  const shown = Array.from(rows.subarray(current * PAGE, (current + 1) * PAGE));
  const key = shown.join();

  useEffect(() => {
    let wanted = true;
    setClips(new Map());
    (async () => {
      for (const row of shown) {
        const clip = await api.clip(row).catch(() => null);
        if (!wanted) return;
        if (clip) setClips((was) => new Map(was).set(row, clip));
      }
    })();
    return () => {
      wanted = false;
    };
  }, [key]);
  useEffect(() => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const begin = performance.now();
    let next = 0;
    const tick = (time: number) => {
      const moment = still ? 0 : Math.floor(((time - begin) / 1000) * FPS * look.speed);
      for (const [row, clip] of clips) {
        const canvas = canvases.current.get(row);
        if (canvas) draw(canvas, clip, moment % Math.max(clip.shape[1], 1), { ...look, crop: true });
      }
      if (!still) next = requestAnimationFrame(tick);
    };
    next = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(next);
  }, [clips, look]);

  return (
    <section class="gallery" aria-label="Gallery">
      <nav aria-label="Pages">
        <button type="button" disabled={current === 0} onClick={() => change({ page: current - 1 })}>
          Previous page
        </button>
        <span>
          {current + 1} / {pages}
        </span>
        <button type="button" disabled={current >= pages - 1} onClick={() => change({ page: current + 1 })}>
          Next page
        </button>
      </nav>
      <ul>
        {shown.map((row) => (
          <li key={row}>
            <button type="button" onClick={() => change({ clip: table.ids[row]!, frame: 0, view: "table" }, true)}>
              <canvas
                ref={(canvas) => {
                  if (canvas) canvases.current.set(row, canvas);
                  else canvases.current.delete(row);
                }}
                aria-hidden="true"
              />
              <span class="id">{table.ids[row]}</span>
              <span>{labelText(table.labels[row]!, described.label_names)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
