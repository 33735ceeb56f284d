"""References, as BibTeX, of NTU RGB+D, and of the projects whose choice of bodies is made here."""

NTU60 = """@inproceedings{shahroudy2016ntu,
  author = {Shahroudy, Amir and Liu, Jun and Ng, Tian-Tsong and Wang, Gang},
  title = {{NTU RGB+D}: A Large Scale Dataset for {3D} Human Activity Analysis},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition (CVPR)},
  year = {2016}
}"""

NTU120 = """@article{liu2020ntu,
  author = {Liu, Jun and Shahroudy, Amir and Perez, Mauricio and Wang, Gang and Duan, Ling-Yu
    and Kot, Alex C.},
  title = {{NTU RGB+D} 120: A Large-Scale Benchmark for {3D} Human Activity Understanding},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume = {42},
  number = {10},
  pages = {2684--2701},
  year = {2020}
}"""

SYNSE = """@inproceedings{gupta2021synse,
  author = {Gupta, Pranay and Sharma, Divyanshu and Sarvadevabhatla, Ravi Kiran},
  title = {Syntactically Guided Generative Embeddings for Zero-Shot Skeleton Action Recognition},
  booktitle = {IEEE International Conference on Image Processing (ICIP)},
  year = {2021}
}"""

MMACTION2 = """@misc{mmaction2,
  author = {{MMAction2 Contributors}},
  title = {{OpenMMLab's} Next Generation Video Understanding Toolbox and Benchmark},
  howpublished = {https://github.com/open-mmlab/mmaction2},
  year = {2020}
}"""

PYSKL = """@inproceedings{duan2022pyskl,
  author = {Duan, Haodong and Wang, Jiaqi and Chen, Kai and Lin, Dahua},
  title = {{PYSKL}: Towards Good Practices for Skeleton Action Recognition},
  booktitle = {ACM International Conference on Multimedia},
  year = {2022}
}"""

CTRGCN = """@inproceedings{chen2021ctrgcn,
  author = {Chen, Yuxin and Zhang, Ziqi and Yuan, Chunfeng and Li, Bing and Deng, Ying and
    Hu, Weiming},
  title = {Channel-wise Topology Refinement Graph Convolution for Skeleton-Based Action
    Recognition},
  booktitle = {IEEE/CVF International Conference on Computer Vision (ICCV)},
  year = {2021}
}"""

AGCN = """@inproceedings{shi2019agcn,
  author = {Shi, Lei and Zhang, Yifan and Cheng, Jian and Lu, Hanqing},
  title = {Two-Stream Adaptive Graph Convolutional Networks for Skeleton-Based Action Recognition},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)},
  year = {2019}
}"""
