// What is looked at, all of it in the page's address: a copied address shows the same.
import { useSyncExternalStore } from "preact/compat";

export type Range = [number, number];
export const MEASURES = [
  "class",
  "frames",
  "persons",
  "missing",
  "score",
  "jitter",
  "jointScore",
] as const;
export type Measure = (typeof MEASURES)[number];

export interface State {
  view: "table" | "gallery" | "about";
  search: string;
  label: string; // a class's number, or "" for all
  split: string;
  marked: "" | "yes" | "no";
  finding: string; // a code
  joint: string; // whose score is measured
  ranges: Partial<Record<Measure, Range>>;
  sort: string; // a column, with "-" before it for descending
  page: number; // of the gallery, from 0
  clip: string;
  frame: number;
  speed: number;
  loop: boolean;
  color: "side" | "person" | "score";
  behind: "" | "video" | "keypoint" | "limb";
  crop: boolean;
  turn: number; // degrees, in 3D
  tilt: number;
}

const FIRST: State = {
  view: "table",
  search: "",
  label: "",
  split: "",
  marked: "",
  finding: "",
  joint: "",
  ranges: {},
  sort: "",
  page: 0,
  clip: "",
  frame: 0,
  speed: 1,
  loop: true,
  color: "side",
  behind: "",
  crop: false,
  turn: 0,
  tilt: 0,
};

function parsed(hash: string): State {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const state: Record<string, unknown> = { ...FIRST, ranges: {} };
  for (const [key, value] of given) {
    const measure = MEASURES.find((name) => name === key);
    if (measure) {
      const [low, high] = value.split("~").map(Number);
      if (Number.isFinite(low) && Number.isFinite(high)) {
        (state.ranges as Record<string, Range>)[measure] = [low!, high!];
      }
    } else if (key in FIRST && key !== "ranges") {
      const usual = FIRST[key as keyof State];
      if (typeof usual === "number") state[key] = Number.isFinite(Number(value)) ? Number(value) : usual;
      else if (typeof usual === "boolean") state[key] = value === "true";
      else state[key] = value;
    }
  }
  return state as unknown as State;
}

function written(state: State): string {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) {
    if (key === "ranges") {
      for (const [name, [low, high]] of Object.entries(state.ranges)) given.set(name, `${low}~${high}`);
    } else if (value !== FIRST[key as keyof State]) {
      given.set(key, String(value));
    }
  }
  return given.toString();
}

let state = parsed(location.hash);
const listeners = new Set<() => void>();

addEventListener("hashchange", () => {
  state = parsed(location.hash);
  listeners.forEach((listener) => listener());
});

export const now = () => state;

/** What is set back by "Show all". */
export const UNFILTERED: Partial<State> = {
  search: "",
  label: "",
  split: "",
  marked: "",
  finding: "",
  ranges: {},
  sort: "",
};

/** Change what is looked at; a step that the browser's "back" returns from, if `step`. */
export function change(changes: Partial<State>, step = false): void {
  // Other clips, or another order: the gallery begins anew.
  const page = Object.keys(changes).some((key) => key in UNFILTERED) ? { page: 0 } : {};
  state = { ...state, ...page, ...changes };
  const address = `#${written(state)}`;
  try {
    if (step) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  } catch {
    // A frame of a notebook has no address of its own.
  }
  listeners.forEach((listener) => listener());
}

export function useLook(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
