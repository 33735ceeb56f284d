// The score of each joint over time, a row of pixels each: a click goes to the frame.
import { useEffect, useRef } from "preact/hooks";
import type { Clip } from "./api";
import { isEmpty, ramp } from "./draw";

export function Strip(props: {
  clip: Clip;
  frame: number;
  seek: (frame: number) => void;
}) {
  const { clip, frame, seek } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [persons, frames, joints, channels] = clip.shape;
  useEffect(() => {
    const pen = canvas.current?.getContext("2d");
    if (!pen || !frames || !persons) return;
    const picture = new ImageData(frames, joints * persons);
    for (let person = 0; person < persons; person++) {
      for (let moment = 0; moment < frames; moment++) {
        for (let joint = 0; joint < joints; joint++) {
          const place = (person * frames + moment) * joints + joint;
          const there = !Number.isNaN(clip.keypoint[place * channels]!);
          const score = clip.scores ? clip.scores[place]! : 1;
          const color = there ? [...ramp(score), 255] : [0, 0, 0, 0];
          picture.data.set(color, ((person * joints + joint) * frames + moment) * 4);
        }
      }
    }
    pen.canvas.width = frames;
    pen.canvas.height = joints * persons;
    pen.putImageData(picture, 0, 0);
  }, [clip]);
  if (!frames || !persons) return null;
  const empty = Array.from({ length: frames }, (_, moment) => moment).filter((m) => isEmpty(clip, m));
  return (
    <figure class="strip">
      <div class="map">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Scores of ${joints} joints (${clip.layout.joints[0]} to ${clip.layout.joints.at(-1)}) of ${persons} persons in ${frames} frames`}
          onPointerDown={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            seek(Math.floor(((event.clientX - box.left) / box.width) * frames));
          }}
        />
        <div class="cursor" style={{ left: `${((frame + 0.5) / frames) * 100}%` }} />
      </div>
      <figcaption>
        {clip.scores ? "Score by joint and frame: violet is low, yellow is high" : "Joints that are there"}
        {empty.length > 0 && `; nobody in ${empty.length} of ${frames} frames`}
      </figcaption>
    </figure>
  );
}
