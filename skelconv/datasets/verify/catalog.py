"""All that the audit can find: code, severity, what it is, and what to do about it.

An error is wrong data, or data that a training code fails on. A warning is wrong in most datasets,
and on purpose in some. A note is worth a look, and leaves a dataset sound. What is wrong in more
than one of a hundred clips that a check names is a note.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from skelconv.data.errors import SkelconvError
from skelconv.text.advice import nearest

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding.

    Attributes
    ----------
    code : str
        Such as ``SK101``; the hundreds are the theme.
    severity : {"error", "warning", "note"}
        How bad it is.
    title : str
        What is found.
    remedy : str
        What to do about it.
    """

    code: str
    severity: Severity
    title: str
    remedy: str


# 1: the file and its ids
DIGEST = Rule(
    "SK101",
    "error",
    "its digest differs: it is not what its provenance describes",
    "build or copy it again; remove its provenance if it was changed on purpose",
)
PROVENANCE = Rule(
    "SK102",
    "warning",
    "its provenance cannot be read",
    "build it again, or remove the provenance",
)
NO_CLIPS = Rule(
    "SK103", "error", "there are no clips", "see the report of the build: why were all left out?"
)
SAME_ID = Rule(
    "SK104",
    "error",
    "the id is there more than once",
    "rename the clips, or remove those that are double",
)
UNREADABLE = Rule(
    "SK105",
    "error",
    "the clip cannot be read",
    "build the dataset again, or leave the clip out",
)
DTYPES = Rule("SK106", "warning", "keypoints are of several types", "use the transform cast")
SHAPES = Rule(
    "SK107",
    "error",
    "keypoints are of several shapes V x C",
    "make a dataset of each, or use map-layout: trainers make batches of one shape",
)
LAYOUTS = Rule(
    "SK108",
    "error",
    "clips are of several layouts",
    "make a dataset of each, or use map-layout",
)
UNKNOWN_LAYOUT = Rule(
    "SK109",
    "note",
    "no plugin knows the layout, so joints, left and right were not checked",
    "install the plugin that it is from; `skelconv list-plugins --kind layout` lists them",
)

# 2: splits
MISSING_CLIPS = Rule(
    "SK201",
    "error",
    "a split names clips that are missing",
    "compare the spelling of the names with that of the ids, or build what is missing",
)
EMPTY_SPLIT = Rule(
    "SK202",
    "error",
    "a split is empty",
    "compare the split's names or pattern with the ids of the clips; one that "
    "is drawn needs more clips",
)
NAMED_TWICE = Rule(
    "SK203", "warning", "a split names a clip twice", "remove the second name from its list"
)
OVERLAP = Rule(
    "SK204", "error", "two splits overlap", "a clip is for training or for testing, never for both"
)
IN_NO_SPLIT = Rule(
    "SK205",
    "note",
    "clips are in no split",
    "no training or test will use them; add them to the lists if that is not meant",
)
NO_SPLITS = Rule(
    "SK206",
    "note",
    "there are no splits",
    "add a split to the recipe; `skelconv list-plugins --kind split` lists them",
)

# 3: labels and classes
NEGATIVE_LABEL = Rule(
    "SK301", "error", "a negative label", "labels count from 0; use relabel or renumber"
)
LONG_LABEL = Rule("SK302", "error", "a label beyond 64 bits", "number the classes from 0")
LABEL_WITHOUT_CLASS = Rule(
    "SK303",
    "error",
    "a label that is none of the named classes",
    "do labels count from 1? Then use renumber; or complete the list of names",
)
NOT_FROM_ZERO = Rule(
    "SK304",
    "warning",
    "labels do not begin at 0",
    "use renumber, or give the trainer one class more than the highest label",
)
LABEL_GAPS = Rule(
    "SK305",
    "note",
    "labels have gaps",
    "use renumber, or give the trainer one class more than the highest label",
)
CLASS_WITHOUT_CLIP = Rule(
    "SK306", "note", "classes have no clip", "expected in a part of a dataset; else see its labels"
)
SIMILAR_NAMES = Rule(
    "SK307",
    "warning",
    "names of classes are equal, or differ in case or blanks alone",
    "if they are one class, give their clips one label with relabel",
)
SOME_UNLABELLED = Rule(
    "SK308",
    "warning",
    "some clips have no label",
    "label them, or leave them out",
)
NEVER_TRAINED = Rule(
    "SK309",
    "warning",
    "classes are tested and never trained",
    "divide the clips anew, unless that is the protocol",
)
NEVER_TESTED = Rule(
    "SK310",
    "note",
    "classes are trained and never tested",
    "divide the clips anew, unless that is the protocol",
)
ONE_CLASS_RULES = Rule(
    "SK311",
    "note",
    "most clips of a split are of one class",
    "report the accuracy of each class, or weigh the classes",
)

# 4: coordinates
JOINTS = Rule(
    "SK401",
    "error",
    "not as many keypoints as the layout has",
    "name the right layout, or use map-layout",
)
COORDINATES = Rule(
    "SK402", "error", "not 2 or 3 coordinates", "keep x and y, or x, y and z, in keypoint"
)
NOT_FINITE = Rule(
    "SK403",
    "error",
    "NaN or infinity in keypoint",
    "a missing keypoint is zeros; use interpolate-gaps, or write zeros",
)
SCORE_NOT_FINITE = Rule(
    "SK404", "error", "NaN or infinity in keypoint_score", "the score of a missing keypoint is 0"
)
SCORE_RANGE = Rule(
    "SK405",
    "note",
    "scores outside 0 to 1",
    "some models give them; a threshold such as filter-score's means another thing then",
)
NO_SCORES = Rule(
    "SK406",
    "error",
    "all scores are 0 where there are keypoints",
    "trainers weigh keypoints by their score: give the right ones, or none",
)
FRACTIONS = Rule(
    "SK407",
    "error",
    "coordinates look like fractions, where img_shape is in pixels",
    "set `units: fractions` in the source, or use the transform to-pixels",
)
SWAPPED_SHAPE = Rule(
    "SK408",
    "error",
    "img_shape looks like (width, height); it is (height, width)",
    "exchange the two numbers",
)
OUTSIDE = Rule(
    "SK409",
    "warning",
    "most bodies are outside the image",
    "were the keypoints found in a larger image? img_shape must be its size",
)
FLAT_AXIS = Rule(
    "SK410",
    "error",
    "a coordinate is the same for all keypoints",
    "see what reads the file: are the columns those of x, y (and z)? 2D has two coordinates",
)
SCORE_AS_Z = Rule(
    "SK411",
    "error",
    "the third coordinate looks like a score",
    "read it as keypoint_score in the source, or use the transform score-from-z",
)
NOT_METRES = Rule(
    "SK412",
    "warning",
    "bodies in 3D are not in metres",
    "scale them to metres, unless the trainer was made for this unit",
)
CORNER = Rule(
    "SK413",
    "warning",
    "in most clips, bodies are in the upper left quarter of the image alone",
    "is img_shape the size of these videos? Trainers put the middle of the image at 0",
)

# 5: people and frames
NO_FRAMES = Rule("SK501", "error", "no frames", "leave the clip out")
NO_PERSON = Rule("SK502", "error", "no person", "leave the clip out, or see its poses")
NOBODY = Rule(
    "SK503",
    "error",
    "nobody is in it: all keypoints are missing",
    "leave the clip out, or see its poses",
)
EMPTY_ROW = Rule(
    "SK504",
    "note",
    "a row of persons is empty throughout",
    "nothing, where rows are padded to a fixed number",
)
MOSTLY_EMPTY = Rule(
    "SK505",
    "note",
    "most frames have nobody in them",
    "usual in videos from the internet; drop-empty-frames removes them",
)
LATE = Rule(
    "SK506",
    "warning",
    "nobody is there until after the half of its frames",
    "is the first frame right (`first_frame`)? drop-empty-frames removes it",
)
JOINT_NEVER = Rule(
    "SK507",
    "note",
    "joints are missing in all clips",
    "nothing, where the layout was mapped from one without them, or they are the origin",
)
JOINT_MISSING = Rule(
    "SK508",
    "note",
    "joints are missing throughout the clip",
    "nothing, where they are outside the image",
)

# 6: motion
STILL = Rule(
    "SK601",
    "warning",
    "nothing moves",
    "was one frame read again and again, or copied to fill the clip?",
)
FROZEN = Rule(
    "SK602",
    "note",
    "frozen for a while: frames are equal to the bit",
    "nothing, where clips are padded with their last frame; else see the recording",
)
JUMP = Rule(
    "SK603",
    "note",
    "a body jumps further than a body can between two frames",
    "did the row change over to another person? track-people joins people over time",
)
JOINT_JUMP = Rule(
    "SK604",
    "note",
    "a joint jumps by more than the body's size between two frames",
    "smooth, one-euro, or a threshold for scores",
)
SIDES = Rule(
    "SK605",
    "note",
    "left and right change places between two frames",
    "a pose model's error; where it is in most clips, see the order of the joints",
)

# 7: the same data twice
DUPLICATE = Rule(
    "SK701",
    "warning",
    "equal keypoints under several ids",
    "remove all but one, unless each has a label of its own",
)
LEAK = Rule(
    "SK702",
    "error",
    "equal keypoints in training and test",
    "remove them from one of the two",
)
SUBJECTS = Rule(
    "SK703",
    "warning",
    "the same people or recordings are in training and test",
    "divide by them, unless the protocol is another one",
)

# 8: what a trainer needs
TRAINER_SPLITS = Rule(
    "SK801",
    "warning",
    "the trainer is trained on splits, and there are none",
    "add a split to the recipe, or a file of each part",
)
TRAINER_LAYOUT = Rule(
    "SK802",
    "error",
    "the trainer's graph has other joints",
    "use map-layout, or give the trainer a graph of this layout",
)
TRAINER_CONFIG = Rule(
    "SK803",
    "note",
    "the trainer's configs are written for another layout",
    "change them as it says",
)
TRAINER_COORDINATES = Rule(
    "SK804",
    "error",
    "the trainer takes another number of coordinates",
    "build it from 2D or 3D poses, as the trainer needs",
)
TRAINER_PERSONS = Rule(
    "SK805",
    "warning",
    "the trainer takes fewer persons than there are",
    "choose them with keep-people or select-persons",
)
TRAINER_LABEL = Rule("SK806", "error", "the trainer needs a label", "label them, or leave them out")
TRAINER_ONE_LABEL = Rule(
    "SK807", "error", "the trainer needs one label, not several", "make a clip for each label"
)
TRAINER_FIELD = Rule(
    "SK808",
    "error",
    "the trainer needs what the clip lacks",
    "see the options of the source",
)
TRAINER_OWN = Rule(
    "SK809", "error", "the trainer cannot use the clip", "see what the trainer's plugin says"
)

RULES: Sequence[Rule] = tuple(one for one in list(vars().values()) if isinstance(one, Rule))
"""All rules, in the order of their codes."""


def selected(select: Collection[str], ignore: Collection[str]) -> frozenset[str]:
    """Return the codes that are asked for.

    As in ruff, a code or the beginning of codes is given, and the longer one decides: ``select``
    of ``SK405`` and ``ignore`` of ``SK4`` leave SK405 in. Where both are equal, it is ignored.

    Parameters
    ----------
    select : collection of str
        What to look for; all where it is empty.
    ignore : collection of str
        What to pass over.

    Returns
    -------
    frozenset of str
        Codes of `RULES`.

    Raises
    ------
    SkelconvError
        When nothing begins with one of them.
    """
    codes = [rule.code for rule in RULES]
    for given in (*select, *ignore):
        if not given or not any(code.startswith(given) for code in codes):
            raise SkelconvError(f"no finding has the code {given!r}{nearest(given, codes)}")

    def longest(code: str, prefixes: Collection[str]) -> int:
        return max((len(one) for one in prefixes if code.startswith(one)), default=0)

    return frozenset(
        code for code in codes if longest(code, select or ("S",)) > longest(code, ignore)
    )
