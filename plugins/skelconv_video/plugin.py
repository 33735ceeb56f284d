"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from skelconv.plugin import SourcePlugin, hookimpl

if TYPE_CHECKING:
    from skelconv.files import Samples
    from skelconv.plugin import Guess
    from skelconv_video.finders import Finder
    from skelconv_video.options import VideoPoseOptions
    from skelconv_video.source import VideoPose


def _create(options: VideoPoseOptions) -> VideoPose:
    from skelconv.files import Catalog
    from skelconv_video.choice import Choice
    from skelconv_video.decode import Decoding
    from skelconv_video.guarded import GuardedPoseModel, GuardedSplit, GuardedTransform
    from skelconv_video.listing import Listing
    from skelconv_video.source import VideoPose

    apart = options.boxes is not None or (options.detector is not None and _choose(options))
    threads = options.decode_threads
    if threads is None:
        needs = options.resources()
        threads = 0 if needs.gpus else needs.cpus
    return VideoPose(
        Listing(
            root=str(options.root.expanduser()),
            choice=Choice(options.suffixes, options.images),
            strip=options.strip,
            catalog=Catalog(
                ids=options.ids, labels=options.labels.rule() if options.labels else None
            ),
            image_fps=options.image_fps,
            timed=options.fps is not None,
            files=options.files.expanduser() if options.files else None,
            cuts=options.cuts.read if options.cuts else None,
            only=partial(GuardedSplit.made, options.only) if options.only else None,
        ),
        Decoding(options.fps, options.stride, options.damaged, threads),
        finder=partial(_make_finder, options),
        people=[partial(GuardedTransform.made, use) for use in options.people],
        model=partial(GuardedPoseModel.made, options.pose) if apart else None,
        keep_boxes=options.keep_boxes,
    )


def _choose(options: VideoPoseOptions) -> bool:
    """Whether it is known only at the end of a clip whose joints are wanted, and where."""
    return bool(options.people) or options.detect_every > 1


def _make_finder(options: VideoPoseOptions) -> Finder:
    from skelconv_video.finders import ByBoxes, ByDetector, ByPoseModel, TwoStages
    from skelconv_video.guarded import GuardedDetector, GuardedOneStage, GuardedPoseModel

    appearance = options.on_appearance()
    if options.detector is not None:
        detector = GuardedDetector.made(options.detector)
        if _choose(options):
            return ByDetector(detector, options.detect_every, appearance)
        return ByPoseModel(TwoStages(detector, GuardedPoseModel.made(options.pose)))
    if options.boxes is not None:
        from skelconv_video.box_files import read_boxes

        boxes = options.boxes
        given = read_boxes(boxes.form, boxes.path, boxes.sha256, boxes.units)
        return ByBoxes(given, appearance)
    return ByPoseModel(GuardedOneStage.made(options.pose), appearance)


def _guess(samples: Samples) -> Guess | None:
    from skelconv_video.guess import guess_videos

    return guess_videos(samples)


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer videos."""
    from skelconv_video.options import VideoPoseOptions

    yield SourcePlugin(
        name="video-pose",
        summary="Videos or images: people by a detector or given boxes, joints by a pose model",
        options=VideoPoseOptions,
        create=_create,
        layout=lambda options: options.pose.layout(),
        requires=(("av", "av>=18"),),
        resources=VideoPoseOptions.resources,
        guess=_guess,
        example={
            "root": "data/videos",
            "labels": {"folder": True},
            "detector": {"use": "mmdet", "with": {"weights": "weights/faster_rcnn.pth"}},
            "pose": {"use": "mmpose", "with": {"weights": "weights/hrnet_w32.pth"}},
        },
    )
