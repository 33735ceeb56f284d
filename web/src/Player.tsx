// One clip, playing; beside it the same one of another dataset.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import * as api from "./api";
import { copy, pythonOf } from "./copy";
import { draw, isEmpty } from "./draw";
import { labelText, type Table } from "./rows";
import { change, now, useLook, type State } from "./state";
import { Strip } from "./Strip";

const FPS = 30;
const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4];

export function Player(props: {
  table: Table;
  described: api.Described;
  index: number;
  next: (by: number, sameClass: boolean) => void;
  note: string | undefined;
  mark: (index: number, note: string | null) => void;
}) {
  const { table, described, index, note } = props;
  const look = useLook();
  const [clips, setClips] = useState<api.Clip[]>([]);
  const [fault, setFault] = useState("");
  const [playing, setPlaying] = useState(false);
  const [heat, setHeat] = useState<api.Heat | null>(null);
  const [footage, setFootage] = useState<(api.Footage & { address: string }) | null>(null);
  const canvases = useRef<(HTMLCanvasElement | null)[]>([]);
  const video = useRef<HTMLVideoElement>(null);
  const id = table.ids[index]!;

  useEffect(() => {
    let current = true;
    setFault("");
    const other = table.other?.[index] ?? -1;
    Promise.all([api.clip(index), ...(other >= 0 ? [api.clip(other, 1)] : [])])
      .then((read) => current && setClips(read))
      .catch((error: Error) => current && (setClips([]), setFault(error.message)));
    return () => {
      current = false;
    };
  }, [index]);
  const clip = clips[0]?.id === id ? clips[0] : undefined;
  const frames = clip ? Math.max(...clips.map((one) => one.shape[1]), 1) : 1;
  const flat = clip !== undefined && clip.img_shape !== null && clip.shape[3] === 2;

  useEffect(() => {
    setHeat(null);
    if (!flat || (look.behind !== "keypoint" && look.behind !== "limb")) return;
    let current = true;
    api
      .heat(index, look.behind)
      .then((read) => current && setHeat(read))
      .catch((error: Error) => current && setFault(error.message));
    return () => {
      current = false;
    };
  }, [index, look.behind, flat]);

  const filmed = flat && described.videos && look.behind === "video";
  useEffect(() => {
    setFootage(null);
    setFault("");
    if (!filmed) return;
    let current = true;
    api
      .footage(index)
      .then((found) => current && setFootage({ ...found, address: api.videoAddress(index) }))
      .catch((error: Error) => current && setFault(error.message));
    return () => {
      current = false;
    };
  }, [index, filmed]);
  // AVI, MPEG-4 and H.265, for example: the server makes H.264 of it.
  const unplayable = async () => {
    const address = api.filmAddress(index);
    if (footage && footage.address !== address) {
      setFootage({ first: 0, fps: FPS, address });
      return;
    }
    const answer = await fetch(address).catch(() => null);
    setFault(answer && !answer.ok ? await answer.text() : "The browser cannot show this video.");
  };

  const frame = Math.min(look.frame, frames - 1);
  const show = () => {
    const moving = video.current;
    if (!moving || !footage || !moving.duration) return;
    // In the middle of the frame, so that no rounding shows its neighbour.
    const fps = footage.fps ?? (footage.first ? FPS : (clip?.shape[1] ?? 0) / moving.duration);
    moving.currentTime = (footage.first + frame + 0.5) / fps;
  };
  useEffect(show, [frame, footage]);
  const paint = () =>
    clips.forEach((one, place) => {
      const canvas = canvases.current[place];
      if (!canvas) return;
      const behind = place > 0 ? null : heat ?? (footage ? video.current : null);
      draw(canvas, one, frame, look, behind);
    });
  useEffect(paint);
  useEffect(() => {
    const watch = new ResizeObserver(paint);
    canvases.current.forEach((canvas) => canvas && watch.observe(canvas));
    return () => watch.disconnect();
  }, [clips, heat, frame]);

  useEffect(() => {
    if (!playing || !clip) return;
    let wanted = 0;
    let moment = now().frame;
    let last = performance.now();
    const tick = (time: number) => {
      const { speed, loop } = now();
      moment += ((time - last) / 1000) * FPS * speed;
      last = time;
      if (moment >= frames) {
        if (!loop) {
          change({ frame: frames - 1 });
          setPlaying(false);
          return;
        }
        moment %= frames;
      }
      if (Math.floor(moment) !== now().frame) change({ frame: Math.floor(moment) });
      wanted = requestAnimationFrame(tick);
    };
    wanted = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(wanted);
  }, [playing, clip, frames]);

  const seek = (to: number) => {
    setPlaying(false);
    change({ frame: Math.min(Math.max(to, 0), frames - 1) });
  };
  // At once, and not after the next frame: the next key may come before it.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      const on = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (on.matches("input, select, textarea") || (on.matches("button") && event.key === " ")) return;
      const actions: Record<string, () => void> = {
        " ": () => setPlaying((was) => !was),
        ArrowLeft: () => seek(now().frame - 1),
        ArrowRight: () => seek(now().frame + 1),
        Home: () => seek(0),
        End: () => seek(frames - 1),
        j: () => props.next(1, false),
        k: () => props.next(-1, false),
        n: () => props.next(1, true),
        m: () => api.embedded || props.mark(index, note === undefined ? "" : null),
        l: () => change({ loop: !now().loop }),
        "+": () => change({ speed: SPEEDS.find((speed) => speed > now().speed) ?? now().speed }),
        "-": () => change({ speed: SPEEDS.findLast((speed) => speed < now().speed) ?? now().speed }),
      };
      const action = actions[event.key];
      if (action) {
        event.preventDefault();
        action();
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });

  const solid = clip !== undefined && clip.shape[3] > 2;
  const drag = (event: PointerEvent) => {
    if (!solid || !(event.buttons & 1)) return;
    change({
      turn: Math.round(now().turn + event.movementX * 0.5) % 360,
      tilt: Math.min(Math.max(Math.round(now().tilt + event.movementY * 0.5), -90), 90),
    });
  };
  const choice = <K extends keyof State>(title: string, key: K, options: [State[K], string][]) => (
    <label>
      {title}
      <select
        value={String(look[key])}
        onChange={(event) => {
          const chosen = options.find(([value]) => String(value) === event.currentTarget.value);
          if (chosen) change({ [key]: chosen[0] } as Partial<State>);
        }}
      >
        {options.map(([value, text]) => (
          <option key={String(value)} value={String(value)}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <section class="player" aria-label="Clip">
      <header>
        <h2>{id}</h2>
        <p>{labelText(table.labels[index]!, described.label_names)}</p>
      </header>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <div class={clips.length > 1 ? "stage both" : "stage"}>
        {clips.map((one, place) => (
          <canvas
            key={place}
            ref={(canvas) => {
              canvases.current[place] = canvas;
            }}
            role="img"
            aria-label={`Frame ${frame + 1} of ${one.shape[1]} of ${id}${place ? " in the other dataset" : ""}`}
            style={{ aspectRatio: flat && !look.crop ? `${one.img_shape![1]} / ${one.img_shape![0]}` : "1" }}
            class={solid ? "solid" : ""}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={drag}
          />
        ))}
        {footage && (
          <video
            key={footage.address}
            ref={video}
            src={footage.address}
            muted
            playsInline
            preload="auto"
            aria-hidden="true"
            onLoadedMetadata={show}
            onSeeked={paint}
            onLoadedData={paint}
            onError={unplayable}
          />
        )}
      </div>
      <div class="controls">
        <button type="button" onClick={() => setPlaying(!playing)} aria-pressed={playing}>
          {playing ? "Pause" : "Play"}
        </button>
        <button type="button" onClick={() => seek(frame - 1)} aria-label="One frame back">
          ‹
        </button>
        <input
          type="range"
          aria-label="Frame"
          min={0}
          max={frames - 1}
          value={frame}
          onInput={(event) => seek(event.currentTarget.valueAsNumber)}
        />
        <button type="button" onClick={() => seek(frame + 1)} aria-label="One frame on">
          ›
        </button>
        <output>
          {frame + 1} / {frames}
          {clip && frame < clip.shape[1] && isEmpty(clip, frame) ? " · nobody" : ""}
        </output>
      </div>
      <div class="controls">
        {choice("Speed", "speed", SPEEDS.map((speed) => [speed, `${speed} ×`]))}
        <label>
          <input
            type="checkbox"
            checked={look.loop}
            onChange={(event) => change({ loop: event.currentTarget.checked })}
          />
          Loop
        </label>
        {choice("Colour", "color", [
          ["side", "left and right"],
          ["person", "person"],
          ["score", "score"],
        ])}
        {flat &&
          choice("Show", "behind", [
            ["", "skeletons"],
            ...(described.videos ? ([["video", "over the video"]] as [State["behind"], string][]) : []),
            ...(api.embedded
              ? []
              : ([
                  ["keypoint", "keypoint heatmaps"],
                  ["limb", "limb heatmaps"],
                ] as [State["behind"], string][])),
          ])}
        {clip?.shape[3] === 2 && (
          <label>
            <input
              type="checkbox"
              checked={look.crop}
              onChange={(event) => change({ crop: event.currentTarget.checked })}
            />
            People only
          </label>
        )}
        {solid && (
          <>
            <label>
              Turn
              <input
                type="range"
                min={-180}
                max={180}
                value={look.turn}
                onInput={(event) => change({ turn: event.currentTarget.valueAsNumber })}
              />
            </label>
            <label>
              Tilt
              <input
                type="range"
                min={-90}
                max={90}
                value={look.tilt}
                onInput={(event) => change({ tilt: event.currentTarget.valueAsNumber })}
              />
            </label>
          </>
        )}
      </div>
      {clip && <Strip clip={clip} frame={frame} seek={seek} />}
      <div class="controls">
        <button type="button" onClick={() => props.next(-1, false)}>
          Previous
        </button>
        <button type="button" onClick={() => props.next(1, false)}>
          Next
        </button>
        <button type="button" onClick={() => props.next(1, true)}>
          Next of this class
        </button>
        <button type="button" onClick={() => copy(pythonOf(described, id))}>
          Copy as Python
        </button>
        {!api.embedded && (
          <a
            class="button"
            href={api.exportAddress(index, "mp4")}
            download={`${id.replaceAll("/", "_")}.mp4`}
          >
            Export as mp4
          </a>
        )}
      </div>
      <div class="controls mark" hidden={api.embedded !== null}>
        <button
          type="button"
          aria-pressed={note !== undefined}
          onClick={() => props.mark(index, note === undefined ? "" : null)}
        >
          {note === undefined ? "Mark as bad" : "Marked as bad"}
        </button>
        {note !== undefined && (
          <label class="wide">
            Note
            <input
              type="text"
              maxLength={500}
              value={note}
              onChange={(event) => props.mark(index, event.currentTarget.value)}
            />
          </label>
        )}
      </div>
    </section>
  );
}
