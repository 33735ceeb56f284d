"""References, as BibTeX, of the models."""

YOLOX = """@article{ge2021yolox,
  author = {Ge, Zheng and Liu, Songtao and Wang, Feng and Li, Zeming and Sun, Jian},
  title = {{YOLOX}: Exceeding {YOLO} Series in 2021},
  journal = {arXiv preprint arXiv:2107.08430},
  year = {2021}
}"""

RTMPOSE = """@article{jiang2023rtmpose,
  author = {Jiang, Tao and Lu, Peng and Zhang, Li and Ma, Ningsheng and Han, Rui and Lyu,
    Chengqi and Li, Yining and Chen, Kai},
  title = {{RTMPose}: Real-Time Multi-Person Pose Estimation based on {MMPose}},
  journal = {arXiv preprint arXiv:2303.07399},
  year = {2023}
}"""

RTMO = """@inproceedings{lu2024rtmo,
  author = {Lu, Peng and Jiang, Tao and Li, Yining and Li, Xiangtai and Chen, Kai and Yang,
    Wenming},
  title = {{RTMO}: Towards High-Performance One-Stage Real-Time Multi-Person Pose Estimation},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)},
  year = {2024}
}"""
