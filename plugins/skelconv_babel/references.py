"""References, as BibTeX, of BABEL."""

BABEL = """@inproceedings{punnakkal2021babel,
  author = {Punnakkal, Abhinanda R. and Chandrasekaran, Arjun and Athanasiou, Nikos and
    Quiros-Ramirez, Alejandra and Black, Michael J.},
  title = {{BABEL}: Bodies, Action and Behavior with English Labels},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition (CVPR)},
  year = {2021}
}"""
