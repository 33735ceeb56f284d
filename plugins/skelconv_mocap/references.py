"""The reference, as BibTeX, of AMASS."""

AMASS = """@inproceedings{mahmood2019amass,
  author = {Mahmood, Naureen and Ghorbani, Nima and Troje, Nikolaus F. and Pons-Moll, Gerard
    and Black, Michael J.},
  title = {{AMASS}: Archive of Motion Capture as Surface Shapes},
  booktitle = {IEEE/CVF International Conference on Computer Vision (ICCV)},
  year = {2019}
}"""
