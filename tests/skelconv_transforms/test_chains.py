"""Whatever transforms are put after each other, a clip stays a clip."""

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skelconv import Clip, ClipDropped, ClipError, Field
from skelconv.plugin import layout_named
from skelconv.plugin.loading import load_registry
from skelconv.testing import check_transform
from skelconv_transforms import plugin

# All but the one that needs another dataset.
OFFERED = {
    offer.name: offer
    for offer in plugin.skelconv_transforms()
    if offer.name != "merge-joints" and not offer.divides
}
LAYOUTS = {
    offer.name: len(load_registry().layout(offer.name).joints)
    for offer in load_registry().of_kind("layout")
}
LENGTH = st.integers(1, 12)
SHAPE = st.tuples(st.integers(1, 600), st.integers(1, 600)).map(list)
DTYPES = st.sampled_from(["float16", "float32", "float64"])


def options(**fields):
    return st.fixed_dictionaries(fields)


OPTIONS = {
    "select-persons": options(
        keep=st.integers(1, 3), by=st.sampled_from(["energy", "score", "area", "length"])
    ),
    "pad": options(length=LENGTH, mode=st.sampled_from(["zero", "edge"])),
    "loop": options(length=LENGTH),
    "crop": options(length=LENGTH, position=st.sampled_from(["start", "center", "random"])),
    "resample": options(length=LENGTH, method=st.sampled_from(["linear", "nearest"]))
    | options(fps=st.floats(5, 60), source_fps=st.floats(5, 60)),
    "interpolate-gaps": options(
        method=st.sampled_from(["linear", "pchip"]), min_score=st.floats(0, 1)
    ),
    "smooth": options(window=st.sampled_from([3, 5])),
    "one-euro": options(fps=st.just(30), beta=st.floats(0, 1)),
    "pre-normalize-2d": options(img_shape=SHAPE),
    "scale-to": options(img_shape=SHAPE),
    "to-pixels": options(units=st.sampled_from(["fractions", "signed-fractions"]), img_shape=SHAPE),
    "cast": options(dtype=DTYPES),
    "map-layout": options(to=st.sampled_from(sorted(LAYOUTS)), missing=st.just("zero")),
    "select-joints": options(
        joints=st.sampled_from([["*"], ["left_*", "right_*"]]),
        without=st.sampled_from([[], ["*_wrist"]]),
    ),
    "filter-label": options(drop=st.just([9])),
    "filter-list": options(
        csv=st.just(str(Path(__file__).with_name("listed.csv"))), keep=st.booleans()
    ),
    "filter-length": options(min_frames=st.integers(0, 2)),
    "filter-score": options(min_score=st.floats(0, 0.2)),
    "relabel": options(mapping=st.just({0: 1}), missing=st.just("keep")),
    "renumber": options(labels=st.just([2, 0, 1])),
}


@st.composite
def clips(draw):
    layout = draw(st.sampled_from(sorted(LAYOUTS)))
    m, t, v = draw(st.integers(0, 3)), draw(st.integers(1, 8)), LAYOUTS[layout]
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    dtype = draw(DTYPES)
    keypoint = rng.uniform(1, 500, (m, t, v, draw(st.sampled_from([2, 3]))))
    keypoint *= rng.random((m, t, 1, 1)) < 0.8
    keypoint *= rng.random((m, t, v, 1)) < 0.9
    fields = {"track": Field(np.arange(m), "M"), "time": Field(rng.random((t, 2)), "Ta")}
    if draw(st.booleans()):
        fields["joint"] = Field(np.arange(v), "V")
    fields["rate"] = Field(np.array(29.97), "")
    fields["box"] = Field(rng.random((m, t, 4)).astype(np.float32), "MTa")
    return Clip(
        "clip",
        keypoint.astype(dtype),
        layout,
        label=draw(st.sampled_from([0, (0, 2)])),
        keypoint_score=draw(st.sampled_from([None, rng.random((m, t, v)).astype(dtype)])),
        img_shape=draw(st.sampled_from([None, (480, 640)])),
        fields=fields,
    )


STEPS = st.sampled_from(sorted(OFFERED)).flatmap(
    lambda name: st.tuples(st.just(name), OPTIONS.get(name, st.just({})))
)


@settings(max_examples=300)
@given(clip=clips(), steps=st.lists(STEPS, min_size=1, max_size=6))
def test_any_chain_keeps_a_clip_consistent(clip, steps):
    for name, chosen in steps:
        transform = OFFERED[name].create(OFFERED[name].options.model_validate(chosen))
        try:
            result = check_transform(transform, clip)
        except (ClipDropped, ClipError):
            continue  # it goes on as it was
        # That arrays fit each other is checked whenever a clip is made; the rest is here.
        dtype = np.dtype(chosen["dtype"]) if name == "cast" else clip.keypoint.dtype
        in_float32 = name == "pre-normalize-3d" and dtype == np.float16
        assert result.keypoint.dtype == (np.float32 if in_float32 else dtype)
        if name != "select-joints":
            assert result.layout == (chosen["to"] if name == "map-layout" else clip.layout)
        assert result.keypoint.shape[2] == len(layout_named(result.layout).joints)
        z_is_score = name == "score-from-z"
        assert result.keypoint.shape[3] == (2 if z_is_score else clip.keypoint.shape[3])
        assert np.isfinite(result.keypoint).all()
        assert (result.keypoint_score is None) == (clip.keypoint_score is None and not z_is_score)
        if result.keypoint_score is not None:
            kept = dtype if clip.keypoint_score is None else clip.keypoint_score.dtype
            assert result.keypoint_score.dtype == (dtype if name == "cast" else kept)
            assert (result.keypoint_score >= 0).all()
        assert result.fields.keys() - {"empty_frames"} == clip.fields.keys() - {"empty_frames"}
        for field, extra in clip.fields.items():
            assert result.fields[field].values.dtype == extra.values.dtype
        assert result.fields["rate"].values == 29.97
        if name not in ("relabel", "renumber"):
            assert result.label == clip.label
        clip = result
