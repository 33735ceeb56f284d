"""Options of the transform ``lift-3d``."""

from __future__ import annotations

from pydantic import Field

from skelconv import ClipError
from skelconv.plugin import LayoutName
from skelconv_onnx.options import OnnxOptions

LIFTED = "h36m17"


class LiftOptions(OnnxOptions):
    """Options of ``lift-3d``."""

    layout: LayoutName = Field(
        default="coco17",
        description="The layout of the keypoints that the model was trained on: coco17 for "
        "VideoPose3D's pretrained_h36m_detectron_coco, h36m17 for its others",
    )

    def layout_after(self, layout: str) -> str:
        """Return the layout of lifted clips.

        Parameters
        ----------
        layout : str
            That of the clips.

        Returns
        -------
        str
            The layout h36m17.

        Raises
        ------
        ClipError
            When the model does not take this layout.
        """
        if layout != self.layout:
            raise ClipError(
                f"the model takes the layout {self.layout}, and these keypoints are {layout}: set "
                "`layout` to what it was trained on, or use map-layout before it"
            )
        return LIFTED
