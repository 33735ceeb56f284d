// Skeletons on a canvas.
import type { Clip, Heat } from "./api";

/** Colours that eyes of all kinds tell apart: Okabe and Ito (2008). */
const SIDES = { light: ["#0072b2", "#d55e00"], dark: ["#56b4e9", "#e69f00"] } as const;
const darkness = matchMedia("(prefers-color-scheme: dark)");
const PEOPLE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#787878"];
const RAMP = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 144, 140],
  [93, 200, 99],
  [253, 231, 37],
];

export function ramp(value: number): [number, number, number] {
  const place = Math.min(Math.max(value, 0), 1) * (RAMP.length - 1);
  const first = Math.min(Math.floor(place), RAMP.length - 2);
  const mix = (channel: number) =>
    RAMP[first]![channel]! + (place - first) * (RAMP[first + 1]![channel]! - RAMP[first]![channel]!);
  return [mix(0), mix(1), mix(2)];
}

export interface Look {
  color: "side" | "person" | "score";
  crop: boolean;
  turn: number;
  tilt: number;
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const boxes = new WeakMap<Clip, { low: number[]; high: number[] }>();

function extent(clip: Clip): { low: number[]; high: number[] } {
  const known = boxes.get(clip);
  if (known) return known;
  const channels = clip.shape[3];
  const low = new Array(channels).fill(Infinity);
  const high = new Array(channels).fill(-Infinity);
  for (let place = 0; place < clip.keypoint.length; place++) {
    const value = clip.keypoint[place]!;
    const channel = place % channels;
    if (value < low[channel]) low[channel] = value;
    if (value > high[channel]) high[channel] = value;
  }
  const found = { low, high };
  boxes.set(clip, found);
  return found;
}

/** A function from a joint's coordinates to x and y on a plane, y down, and the part to show. */
function camera(clip: Clip, look: Look): [(place: number) => [number, number], Box] {
  const { low, high } = extent(clip);
  const points = clip.keypoint;
  if (clip.shape[3] < 3) {
    if (clip.img_shape && !look.crop) {
      return [
        (place) => [points[place]!, points[place + 1]!],
        { left: -0.5, top: -0.5, width: clip.img_shape[1], height: clip.img_shape[0] },
      ];
    }
    const room = Math.max(high[0]! - low[0]!, high[1]! - low[1]!, 1e-6) * 0.1;
    return [
      (place) => [points[place]!, points[place + 1]!],
      {
        left: low[0]! - room,
        top: low[1]! - room,
        width: high[0]! - low[0]! + 2 * room,
        height: high[1]! - low[1]! + 2 * room,
      },
    ];
  }
  const middle = low.map((value, channel) => (value + high[channel]!) / 2);
  const up = clip.img_shape ? -1 : 1; // in pixels, y is down
  const [turn, tilt] = [(look.turn * Math.PI) / 180, (look.tilt * Math.PI) / 180];
  const [ct, st, ce, se] = [Math.cos(turn), Math.sin(turn), Math.cos(tilt), Math.sin(tilt)];
  const radius = Math.max(Math.hypot(...low.map((value, channel) => high[channel]! - value)) / 2, 1e-6) * 1.05;
  return [
    (place) => {
      const x = points[place]! - middle[0]!;
      const y = (points[place + 1]! - middle[1]!) * up;
      const z = points[place + 2]! - middle[2]!;
      const depth = -x * st + z * ct;
      return [x * ct + z * st, -(y * ce + depth * se)];
    },
    { left: -radius, top: -radius, width: 2 * radius, height: 2 * radius },
  ];
}

/** Where a clip's pictures are on a canvas of a size. */
export function fitted(box: Box, width: number, height: number) {
  const scale = Math.min(width / box.width, height / box.height);
  return {
    scale,
    x: (width - box.width * scale) / 2 - box.left * scale,
    y: (height - box.height * scale) / 2 - box.top * scale,
  };
}

export function draw(
  canvas: HTMLCanvasElement,
  clip: Clip,
  frame: number,
  look: Look,
  behind?: HTMLVideoElement | Heat | null,
): void {
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (!width || !height) return;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.clearRect(0, 0, width, height);
  if (behind && !(behind instanceof HTMLVideoElement)) {
    drawHeat(pen, behind, frame, width, height);
    return;
  }
  const [seen, box] = camera(clip, look);
  const at = fitted(box, width, height);
  if (behind) {
    const [tall, wide] = clip.img_shape ?? [behind.videoHeight, behind.videoWidth];
    // The middle of the first pixel is at (0, 0), and its corner before it.
    const corner = [at.x - 0.5 * at.scale, at.y - 0.5 * at.scale] as const;
    pen.drawImage(behind, ...corner, wide * at.scale, tall * at.scale);
  }
  const [persons, frames, joints, channels] = clip.shape;
  const middle = getComputedStyle(canvas).color;
  const sides = new Array<string>(joints).fill(middle);
  const [leftColor, rightColor] = SIDES[darkness.matches ? "dark" : "light"];
  for (const [left, right] of clip.layout.pairs) {
    sides[left] = leftColor;
    sides[right] = rightColor;
  }
  const most = Math.max(Math.min(width, height) * 0.008, 1.5 * ratio);
  const { limbs, radii } = thickness(clip, at.scale, ratio, most);
  pen.lineCap = "round";
  const moment = Math.min(Math.max(frame, 0), frames - 1);
  for (let person = 0; person < persons; person++) {
    const first = (person * frames + moment) * joints;
    const there = (joint: number) => !Number.isNaN(clip.keypoint[(first + joint) * channels]!);
    const point = (joint: number): [number, number] => {
      const [x, y] = seen((first + joint) * channels);
      return [at.x + x * at.scale, at.y + y * at.scale];
    };
    const score = (joint: number) => (clip.scores ? clip.scores[first + joint]! : 1);
    const color = (joint: number): string => {
      if (look.color === "person") return PEOPLE[(clip.tracks?.[person] ?? person) % PEOPLE.length]!;
      if (look.color === "score") return `rgb(${ramp(score(joint)).join(" ")})`;
      return sides[joint]!;
    };
    for (const [limb, [one, other]] of clip.layout.limbs.entries()) {
      if (!there(one) || !there(other)) continue;
      // From left to right, as between hips, it is of no side.
      const across = ![middle, sides[one]].includes(sides[other]!) && sides[one] !== middle;
      pen.strokeStyle =
        look.color === "side" && across ? middle : color(sides[one] === middle ? other : one);
      pen.globalAlpha = 0.25 + 0.75 * Math.min(Math.max(Math.min(score(one), score(other)), 0), 1);
      pen.lineWidth = limbs[limb]!;
      pen.beginPath();
      pen.moveTo(...point(one));
      pen.lineTo(...point(other));
      pen.stroke();
    }
    for (let joint = 0; joint < joints; joint++) {
      if (!there(joint)) continue;
      pen.fillStyle = color(joint);
      pen.globalAlpha = 0.25 + 0.75 * Math.min(Math.max(score(joint), 0), 1);
      pen.beginPath();
      pen.arc(...point(joint), radii[joint]!, 0, 2 * Math.PI);
      pen.fill();
    }
  }
  pen.globalAlpha = 1;
}

const longest = new WeakMap<Clip, number[]>();

/** The longest length of each limb, in the clip's own unit. */
function lengths(clip: Clip): number[] {
  const known = longest.get(clip);
  if (known) return known;
  const [persons, frames, joints, channels] = clip.shape;
  const points = clip.keypoint;
  const found = clip.layout.limbs.map(([one, other]) => {
    let most = 0;
    for (let row = 0; row < persons * frames; row++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) {
        const first = row * joints * channels + channel;
        sum += (points[first + one * channels]! - points[first + other * channels]!) ** 2;
      }
      if (sum > most) most = sum; // not where a joint is missing: NaN is not greater
    }
    return Math.sqrt(most);
  });
  longest.set(clip, found);
  return found;
}

/** How wide limbs and joints are drawn: fingers and lips are thin. */
function thickness(clip: Clip, scale: number, ratio: number, most: number) {
  const limbs = lengths(clip).map((length) =>
    Math.min(Math.max(0.3 * length * scale, ratio), most),
  );
  const radii = new Array<number>(clip.shape[2]).fill(0.9 * most);
  clip.layout.limbs.forEach((limb, place) => {
    for (const joint of limb) radii[joint] = Math.min(radii[joint]!, 0.9 * limbs[place]!);
  });
  return { limbs, radii };
}

function drawHeat(
  pen: CanvasRenderingContext2D,
  heat: Heat,
  frame: number,
  width: number,
  height: number,
): void {
  const [frames, rows, columns] = heat.shape;
  const moment = Math.min(Math.max(frame, 0), frames - 1);
  const picture = new ImageData(columns, rows);
  for (let place = 0; place < rows * columns; place++) {
    const value = (heat.values[moment * rows * columns + place] ?? 0) / 255;
    picture.data.set([...ramp(value), 255], place * 4);
  }
  const small = new OffscreenCanvas(columns, rows);
  small.getContext("2d")?.putImageData(picture, 0, 0);
  const side = Math.min(width, height);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(small, (width - side) / 2, (height - side) / 2, side, side);
}

/** Whether nobody is in a frame. */
export function isEmpty(clip: Clip, frame: number): boolean {
  const [persons, frames, joints, channels] = clip.shape;
  for (let person = 0; person < persons; person++) {
    const first = (person * frames + frame) * joints;
    for (let joint = 0; joint < joints; joint++) {
      if (!Number.isNaN(clip.keypoint[(first + joint) * channels]!)) return false;
    }
  }
  return true;
}
