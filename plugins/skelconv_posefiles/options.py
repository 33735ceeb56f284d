"""The options of the sources of pose files."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, NonNegativeInt, model_validator

from skelconv.files import LabelsOption, Units, pattern_with
from skelconv.plugin import LayoutName, Options

if TYPE_CHECKING:
    from skelconv_posefiles.folder import PoseFolder

FRAME_PATTERN = r"^(?P<clip>.*?)(?:(?:^|[/_.-])frame)?[/_.-]?(?P<frame>\d{1,9})\.\w+$"
"""By default what the file name of a frame's image is: the clip's name, and the frame's number."""

_UNITS = (
    "What the files' coordinates are in: pixels, fractions of the image (0 to 1), "
    "signed-fractions (-1 to 1), or metres, which stay as they are; fractions need img_shape, and "
    "become pixels"
)
FROM_FILE = "from-file"
"""In place of a layout: the joints are those that the files name."""

_LAYOUT = "The keypoints' layout: a name, or a mapping that defines one"
_Pixels = Annotated[int, Field(gt=0, lt=10**6)]
_ImgShape = tuple[_Pixels, _Pixels]
_FramePattern = Annotated[str, AfterValidator(pattern_with("clip"))]
_LayoutName = Annotated[LayoutName, Field(examples=["coco17", "halpe26"])]
_LayoutOfFile = Literal["from-file"] | _LayoutName
# For formats that are read an element at a time.
_LARGE = Field(default=4096, gt=0, le=2**20, description="The largest file that is read")
_OF_FILE = f"{_LAYOUT}; or from-file, where the files name their joints"


class PoseFileOptions(Options):
    """Options of all sources of pose files."""

    root: Path = Field(description="The folder of the files, nested or not")
    ids: Literal["path", "name", "folder"] = Field(
        default="path",
        description="What a clip's id is: its path within root without the ending, the last part "
        "of that, or the folder that it is in",
    )
    labels: LabelsOption = None
    total_frames: Path | None = Field(
        default=None,
        description="A csv file with the columns id and total_frames: the videos' lengths; by "
        "default a clip ends with the last frame in its files",
    )
    units: Units | None = Field(
        default=None,
        description=f"{_UNITS}; by default pixels, and metres where channels says that there "
        "are three coordinates",
    )
    img_shape: _ImgShape | None = Field(
        default=None, description="Height and width in pixels, where the files do not have them"
    )
    max_frames: int = Field(
        default=100_000, gt=0, le=1_000_000, description="The maximum number of frames of a clip"
    )
    max_file_mb: int = Field(default=64, gt=0, le=4096, description="The largest file that is read")

    has_sizes: ClassVar[bool] = False
    """Whether files of the format have the sizes of images."""

    @model_validator(mode="after")
    def _fractions_of_something(self) -> Self:
        units = self.units or self.usual_units() or ""
        if "fractions" in units and not (self.img_shape or self.has_sizes):
            raise ValueError(
                f"units are {units}, and img_shape does not say of what: give the height and "
                "width in pixels, such as img_shape: [1080, 1920]"
            )
        return self

    def usual_units(self) -> Units | None:
        """Return the units of such files, where `channels` does not say them.

        Returns
        -------
        str, optional
            The units.
        """
        return None

    def pose_folder(self, *, layout: str, channels: int = 2, inset: int = 0) -> PoseFolder:
        """Return the folder of the files.

        Parameters
        ----------
        layout : str
            The keypoints' layout.
        channels : {2, 3}
            Coordinates of a keypoint.
        inset : int
            See `skelconv.files.to_pixels`.

        Returns
        -------
        PoseFolder
            With what these options say about all clips.
        """
        from skelconv.files import Catalog
        from skelconv_posefiles.folder import PoseFolder
        from skelconv_posefiles.poses import Form

        return PoseFolder(
            root=os.path.expanduser(self.root),
            form=Form(
                layout=layout,
                channels=channels,
                units=self.units or self.usual_units() or ("pixels" if channels == 2 else "metres"),
                img_shape=self.img_shape,
                inset=inset,
                first_frame=getattr(self, "first_frame", None),
                max_frames=self.max_frames,
            ),
            catalog=Catalog(
                ids=self.ids,
                labels=self.labels.rule() if self.labels else None,
                total_frames=self.total_frames.expanduser() if self.total_frames else None,
            ),
            max_bytes=self.max_file_mb * 2**20,
        )


class NumberedOptions(PoseFileOptions):
    """Options of sources whose files number their frames."""

    first_frame: NonNegativeInt | Literal["first"] | None = Field(
        default=None,
        description="The number of a video's first frame, or first: the first one that a file "
        "has; by default as usual in this format. A clip that would begin with a long gap is "
        "quarantined unless this is given",
    )


class OpenposeOptions(NumberedOptions):
    """Options of ``openpose``."""

    layout: Literal["openpose25", "openpose67", "openpose137", "openpose18"] = Field(
        default="openpose25",
        description="BODY_25, BODY_25 with hands, BODY_25 with hands and face, or COCO18",
    )
    clips: Literal["folders", "names"] = Field(
        default="folders",
        description="Whether each folder is a clip, or each NAME of NAME_000000000012_keypoints."
        "json, so that all clips may be in one folder",
    )


class KineticsOptions(NumberedOptions):
    """Options of ``kinetics-skeleton``."""

    root: Path = Field(
        description="The folder of the files, nested or not, or the .zip archive of it"
    )
    units: Units = Field(default="fractions", description=f"{_UNITS}; by default fractions")
    img_shape: _ImgShape | None = Field(
        default=(256, 340), description="Height and width in pixels; Kinetics' by default"
    )


class CocoOptions(NumberedOptions):
    """Options of ``coco-keypoints``."""

    has_sizes: ClassVar[bool] = True

    root: Path = Field(description="An annotation file, or a folder of them")
    layout: _LayoutOfFile = Field(default="coco17", description=_OF_FILE)
    pattern: _FramePattern = Field(
        default=FRAME_PATTERN,
        description="A regular expression with the groups clip and frame for the images' file "
        "names; without frame, each image is a clip. Not used where images have video_id and "
        "frame_id",
    )
    max_file_mb: int = _LARGE


class MmposeOptions(NumberedOptions):
    """Options of ``mmpose``."""

    layout: _LayoutOfFile = Field(default="coco17", description=_OF_FILE)
    channels: Literal[2, 3] = Field(default=2, description="Coordinates of a keypoint")
    clips: Literal["files", "folders", "names"] = Field(
        default="files",
        description="Whether each file is a clip; or, where each image has a file, each folder, "
        "or each NAME of NAME_0012.json",
    )
    max_file_mb: int = _LARGE


class AlphaposeOptions(NumberedOptions):
    """Options of ``alphapose``."""

    layout: _LayoutName = Field(
        default="coco17",
        description=f"{_LAYOUT}: halpe26, coco17, ...; openpose18 for --format open and cmu",
    )
    frames: Literal["numbers", "order"] = Field(
        default="numbers",
        description="Whether the names of images end in the frames' numbers, or images are "
        "numbered as they first appear, as where their names are times",
    )
    max_file_mb: int = _LARGE


class UltralyticsOptions(NumberedOptions):
    """Options of ``ultralytics``."""

    form: Literal["txt", "json", "csv", "video-json"] = Field(
        default="txt",
        description="A file for each frame, as save_txt, to_json and to_csv give it; or, with "
        "video-json, a JSON file for each video, a list of what to_json gives for each frame",
    )
    layout: _LayoutName = Field(default="coco17", description=_LAYOUT)
    clips: Literal["folders", "names"] = Field(
        default="names",
        description="Whether each NAME of NAME_12.txt is a clip, or each folder; not used with "
        "video-json",
    )

    def usual_units(self) -> Units:
        """Return fractions for txt, and pixels for all others.

        Returns
        -------
        {"fractions", "pixels"}
            The units.
        """
        return "fractions" if self.form == "txt" else "pixels"


class MediapipeOptions(NumberedOptions):
    """Options of ``mediapipe``."""

    channels: Literal[2, 3] = Field(default=2, description="Keep x and y, or z as well")
    units: Units = Field(
        default="fractions",
        description=f"{_UNITS}; by default fractions, as landmarks are; world landmarks are in "
        "metres",
    )
