"""References, as BibTeX, of the projects."""

MMDETECTION = """@article{chen2019mmdetection,
  author = {Chen, Kai and Wang, Jiaqi and Pang, Jiangmiao and Cao, Yuhang and Xiong, Yu and
    Li, Xiaoxiao and Sun, Shuyang and Feng, Wansen and Liu, Ziwei and Xu, Jiarui and others},
  title = {{MMDetection}: Open {MMLab} Detection Toolbox and Benchmark},
  journal = {arXiv preprint arXiv:1906.07155},
  year = {2019}
}"""

MMPOSE = """@misc{mmpose2020,
  author = {{MMPose Contributors}},
  title = {{OpenMMLab} Pose Estimation Toolbox and Benchmark},
  howpublished = {https://github.com/open-mmlab/mmpose},
  year = {2020}
}"""
