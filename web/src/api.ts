// What the server answers. Addresses are relative: the secret token is a part of the page's own.

export type Label = number | number[] | null;

export interface Layout {
  joints: string[];
  limbs: [number, number][];
  pairs: [number, number][];
}

export interface Finding {
  code: string;
  severity: string;
  what: string;
  ids: string[]; // of the first clips that it concerns
}

export interface Described {
  path: string;
  options: Record<string, string>; // of its reader
  other: string | null;
  marks: string | null; // the file that they are saved in
  joints: string[];
  clips: number;
  label_names: string[];
  videos: boolean;
  quarantined: { id: string; reason: string }[];
  provenance: Record<string, unknown> | null;
}

export interface Columns {
  ids: string[];
  labels: Label[];
  splits: Record<string, number[]>;
  persons: number[] | null;
  frames: number[] | null;
  other?: number[];
}

export interface Facts {
  since: number;
  missing: (number | null)[];
  score: (number | null)[];
  jitter: (number | null)[];
}

/** A clip: keypoint (M, T, V, C) in one row, NaN where joints are missing. */
export interface Clip {
  id: string;
  shape: [number, number, number, number];
  layout: Layout;
  label: Label;
  img_shape: [number, number] | null;
  tracks: number[] | null;
  keypoint: Float32Array;
  scores: Float32Array | null;
}

export interface Footage {
  first: number;
  fps: number | null;
}

/** Heatmaps (T, H, W), a byte a pixel. */
export interface Heat {
  shape: [number, number, number];
  values: Uint8Array;
}

/** What a report has in itself, in place of a server: the clips are a part of all. */
export interface Embedded {
  mode: "report" | "clip";
  dataset: Described;
  table: Columns;
  facts: Facts;
  findings: Finding[];
  clips: Record<string, string>; // by index, each framed as the server does it, in base64
}

const place = document.getElementById("data");
export const embedded: Embedded | null = place ? await unpacked(place.textContent ?? "") : null;

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** Unpack JSON that is compressed and in base64, so that no text in it can end the page's script. */
async function unpacked<T>(text: string): Promise<T> {
  const stream = new Blob([bytes(text.trim())]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

async function answered(response: Response): Promise<Response> {
  if (!response.ok) throw new Error((await response.text()) || response.statusText);
  return response;
}

async function json<T>(address: string): Promise<T> {
  return (await answered(await fetch(address))).json();
}

/** Split what is framed: the length of a JSON text, the text, and numbers. */
function framed(content: ArrayBuffer): [any, ArrayBuffer, number] {
  const length = new DataView(content).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
  return [head, content, 4 + length];
}

async function buffer(address: string): Promise<ArrayBuffer> {
  return (await answered(await fetch(address))).arrayBuffer();
}

export const dataset = async () => embedded?.dataset ?? json<Described>("api/dataset");
export const table = async () => embedded?.table ?? json<Columns>("api/table");
export const facts = async (since: number) =>
  embedded?.facts ?? json<Facts>(`api/facts?since=${since}`);
/** The score of one joint in each clip that is measured, from a clip on. */
export const jointScores = async (joint: number, since: number) =>
  json<(number | null)[]>(`api/joint?joint=${joint}&since=${since}`);
/** What the audit has found; null until it has ended. */
export const findings = async () => embedded?.findings ?? json<Finding[] | null>("api/findings");
export const marks = async () => (embedded ? {} : json<Record<string, string>>("api/marks"));
export const videoAddress = (index: number) => `api/video?index=${index}`;
/** The same frames as an mp4 of 30 a second, for videos that browsers cannot play. */
export const filmAddress = (index: number) => `api/film?index=${index}`;
/** Which frame of the video is the clip's first, and how many are in a second, where it is known. */
export const footage = (index: number) => json<Footage>(`api/footage?index=${index}`);
export const exportAddress = (index: number, ending: string) =>
  `api/export?index=${index}&ending=${ending}`;

export async function clip(index: number, which = 0): Promise<Clip> {
  const kept = embedded?.clips[index];
  if (embedded && !kept) {
    throw new Error("The report has some of the clips in it, and this is none of them.");
  }
  const [head, content, begin] = framed(
    kept ? bytes(kept).buffer : await buffer(`api/clip?which=${which}&index=${index}`),
  );
  const [m, t, v, c] = head.shape;
  const count = m * t * v * c;
  return {
    ...head,
    keypoint: new Float32Array(content, begin, count),
    scores: head.scores ? new Float32Array(content, begin + 4 * count, m * t * v) : null,
  };
}

export async function heat(index: number, kind: string): Promise<Heat> {
  const [head, content, begin] = framed(await buffer(`api/heat?index=${index}&kind=${kind}`));
  return { shape: head.shape, values: new Uint8Array(content, begin) };
}

export async function mark(index: number, note: string | null): Promise<Record<string, string>> {
  const response = await fetch("api/marks", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ index, note }),
  });
  return (await answered(response)).json();
}
