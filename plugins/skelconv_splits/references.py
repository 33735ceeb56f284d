"""References, as BibTeX, of the datasets whose lists are here."""

FINEGYM = """@inproceedings{shao2020finegym,
  author = {Shao, Dian and Zhao, Yue and Dai, Bo and Lin, Dahua},
  title = {{FineGym}: A Hierarchical Video Dataset for Fine-grained Action Understanding},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)},
  year = {2020}
}"""

UCF101 = """@article{soomro2012ucf101,
  author = {Soomro, Khurram and Zamir, Amir Roshan and Shah, Mubarak},
  title = {{UCF101}: A Dataset of 101 Human Actions Classes From Videos in The Wild},
  journal = {arXiv preprint arXiv:1212.0402},
  year = {2012}
}"""

HMDB51 = r"""@inproceedings{kuehne2011hmdb,
  author = {Kuehne, Hildegard and Jhuang, Hueihan and Garrote, Est{\'\i}baliz and Poggio,
    Tomaso and Serre, Thomas},
  title = {{HMDB}: A Large Video Database for Human Motion Recognition},
  booktitle = {IEEE International Conference on Computer Vision (ICCV)},
  year = {2011}
}"""

DIVING48 = """@inproceedings{li2018resound,
  author = {Li, Yingwei and Li, Yi and Vasconcelos, Nuno},
  title = {{RESOUND}: Towards Action Recognition without Representation Bias},
  booktitle = {European Conference on Computer Vision (ECCV)},
  year = {2018}
}"""

KINETICS = """@article{kay2017kinetics,
  author = {Kay, Will and Carreira, Joao and Simonyan, Karen and Zhang, Brian and Hillier,
    Chloe and Vijayanarasimhan, Sudheendra and Viola, Fabio and Green, Tim and Back, Trevor
    and Natsev, Paul and Suleyman, Mustafa and Zisserman, Andrew},
  title = {The Kinetics Human Action Video Dataset},
  journal = {arXiv preprint arXiv:1705.06950},
  year = {2017}
}"""
