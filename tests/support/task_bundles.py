"""Bundles for MediaPipe's Tasks API with the weights of BlazePose that are in an old wheel.

The bundles that Google publishes are behind URLs that tests do not fetch. MediaPipe 0.10.21 still
had weights of the same models in its wheel. They lack what a bundle says of its models' inputs: the
numbers by which images are normalised.
"""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

WHEEL = "mediapipe==0.10.21"

# Place in the wheel, and the mean and the deviation by which the old graphs normalise images.
_POSE = {
    "pose_detector": ("pose_detection/pose_detection", 127.5, 127.5),
    "pose_landmarks_detector": ("pose_landmark/pose_landmark_full", 0.0, 255.0),
}
_HOLISTIC = _POSE | {
    "face_detector": ("face_detection/face_detection_short_range", 127.5, 127.5),
    # Of another mesh than the bundle's own: its points are not where a face is.
    "face_landmarks_detector": ("face_landmark/face_landmark", 0.0, 255.0),
    "hand_landmarks_detector": ("hand_landmark/hand_landmark_full", 0.0, 255.0),
    "hand_roi_refinement": ("holistic_landmark/hand_recrop", 0.0, 255.0),
}


def make_bundles(folder: Path) -> None:
    """Write pose.task and holistic.task; the wheel is fetched from the package index."""
    options = ["--no-deps", "--only-binary=:all:", "--python-version=3.12"]
    platform = "--platform=manylinux_2_28_x86_64"
    download = [sys.executable, "-m", "pip", "download", "-q", "-d", str(folder)]
    subprocess.run([*download, *options, platform, WHEEL], check=True, stderr=subprocess.DEVNULL)
    (wheel,) = folder.glob("mediapipe-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name, parts in (("pose", _POSE), ("holistic", _HOLISTIC)):
            with zipfile.ZipFile(folder / f"{name}.task", "w", zipfile.ZIP_STORED) as bundle:
                for part, (place, mean, deviation) in parts.items():
                    model = archive.read(f"mediapipe/modules/{place}.tflite")
                    bundle.writestr(f"{part}.tflite", _normalised(model, mean, deviation))
    wheel.unlink()


def _normalised(model: bytes, mean: float, deviation: float) -> bytes:
    import flatbuffers
    from mediapipe.tasks.metadata import schema_py_generated as schema

    made = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model, 0))
    buffer = schema.BufferT()
    buffer.data = list(_metadata(mean, deviation, len(made.subgraphs[0].outputs)))
    made.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(made.buffers) - 1
    made.metadata = [each for each in made.metadata or [] if each.name != b"TFLITE_METADATA"]
    made.metadata.append(entry)
    return _packed(flatbuffers.Builder(0), made, b"TFL3")


def _metadata(mean: float, deviation: float, outputs: int) -> bytes:
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as schema

    options = schema.NormalizationOptionsT()
    options.mean, options.std = [mean], [deviation]
    unit = schema.ProcessUnitT()
    unit.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    unit.options = options
    content = schema.ContentT()
    content.contentPropertiesType = schema.ContentProperties.ImageProperties
    content.contentProperties = schema.ImagePropertiesT()
    content.contentProperties.colorSpace = schema.ColorSpaceType.RGB
    image = schema.TensorMetadataT()
    image.name, image.content, image.processUnits = "image", content, [unit]
    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [image]
    graph.outputTensorMetadata = [schema.TensorMetadataT() for _ in range(outputs)]
    whole = schema.ModelMetadataT()
    whole.subgraphMetadata = [graph]
    return _packed(flatbuffers.Builder(0), whole, b"M001")


def _packed(builder: Any, value: Any, identifier: bytes) -> bytes:
    builder.Finish(value.Pack(builder), identifier)
    return bytes(builder.Output())
