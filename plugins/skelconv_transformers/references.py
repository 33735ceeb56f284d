"""References, as BibTeX, of the models."""

RT_DETR = """@inproceedings{zhao2024rtdetr,
  author = {Zhao, Yian and Lv, Wenyu and Xu, Shangliang and Wei, Jinman and Wang, Guanzhong
    and Dang, Qingqing and Liu, Yi and Chen, Jie},
  title = {{DETRs} Beat {YOLOs} on Real-time Object Detection},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)},
  year = {2024}
}"""

VITPOSE = """@inproceedings{xu2022vitpose,
  author = {Xu, Yufei and Zhang, Jing and Zhang, Qiming and Tao, Dacheng},
  title = {{ViTPose}: Simple Vision Transformer Baselines for Human Pose Estimation},
  booktitle = {Advances in Neural Information Processing Systems},
  year = {2022}
}"""
