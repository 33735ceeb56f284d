from collections.abc import Callable
from pathlib import Path

RECIPE = """
skelconv: 1
extends: {sample}
transforms:
  - {{use: ntu-bodies, with: {{profile: mmaction2}}}}
  - interpolate-gaps
  - smooth
"""


def test_transforms_that_need_it(tmp_path: Path, sample: str, skelconv: Callable[..., str]) -> None:
    (tmp_path / "recipe.yaml").write_text(RECIPE.format(sample=sample))
    skelconv("build", "recipe.yaml")
    skelconv("verify", "out/sample.pkl")
