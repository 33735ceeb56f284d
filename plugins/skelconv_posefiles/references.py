"""References, as BibTeX, of ST-GCN, which published Kinetics-skeleton."""

STGCN = """@inproceedings{yan2018stgcn,
  author = {Yan, Sijie and Xiong, Yuanjun and Lin, Dahua},
  title = {Spatial Temporal Graph Convolutional Networks for Skeleton-Based Action Recognition},
  booktitle = {AAAI Conference on Artificial Intelligence},
  year = {2018}
}"""
