"""References, as BibTeX, of the datasets."""

NW_UCLA = """@inproceedings{wang2014nwucla,
  author = {Wang, Jiang and Nie, Xiaohan and Xia, Yin and Wu, Ying and Zhu, Song-Chun},
  title = {Cross-view Action Modeling, Learning and Recognition},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition (CVPR)},
  year = {2014}
}"""

JHMDB = """@inproceedings{jhuang2013jhmdb,
  author = {Jhuang, Hueihan and Gall, Juergen and Zuffi, Silvia and Schmid, Cordelia and
    Black, Michael J.},
  title = {Towards Understanding Action Recognition},
  booktitle = {IEEE International Conference on Computer Vision (ICCV)},
  year = {2013}
}"""

ETRI = """@inproceedings{jang2020etri,
  author = {Jang, Jinhyeok and Kim, Dohyung and Park, Cheonshu and Jang, Minsu and Lee,
    Jaeyeon and Kim, Jaehong},
  title = {{ETRI-Activity3D}: A Large-Scale {RGB-D} Dataset for Robots to Recognize Daily
    Activities of the Elderly},
  booktitle = {IEEE/RSJ International Conference on Intelligent Robots and Systems (IROS)},
  year = {2020}
}"""

PKU_MMD = """@article{liu2017pkummd,
  author = {Liu, Chunhui and Hu, Yueyu and Li, Yanghao and Song, Sijie and Liu, Jiaying},
  title = {{PKU-MMD}: A Large Scale Benchmark for Continuous Multi-Modal Human Action
    Understanding},
  journal = {arXiv preprint arXiv:1703.07475},
  year = {2017}
}"""

SMARTHOME = """@inproceedings{das2019smarthome,
  author = {Das, Srijan and Dai, Rui and Koperski, Michal and Minciullo, Luca and Garattoni,
    Lorenzo and Bremond, Francois and Francesca, Gianpiero},
  title = {{Toyota Smarthome}: Real-World Activities of Daily Living},
  booktitle = {IEEE/CVF International Conference on Computer Vision (ICCV)},
  year = {2019}
}"""

SHREC17 = """@inproceedings{desmedt2017shrec,
  author = {De Smedt, Quentin and Wannous, Hazem and Vandeborre, Jean-Philippe and Guerry,
    Joris and Le Saux, Bertrand and Filliat, David},
  title = {{SHREC'17} Track: {3D} Hand Gesture Recognition Using a Depth and Skeletal Dataset},
  booktitle = {Eurographics Workshop on 3D Object Retrieval},
  year = {2017}
}"""

PENN_ACTION = """@inproceedings{zhang2013pennaction,
  author = {Zhang, Weiyu and Zhu, Menglong and Derpanis, Konstantinos G.},
  title = {From Actemes to Action: A Strongly-supervised Representation for Detailed Action
    Understanding},
  booktitle = {IEEE International Conference on Computer Vision (ICCV)},
  year = {2013}
}"""
