"""References, as BibTeX, of BlazePose."""

BLAZEPOSE = """@article{bazarevsky2020blazepose,
  author = {Bazarevsky, Valentin and Grishchenko, Ivan and Raveendran, Karthik and Zhu, Tyler
    and Zhang, Fan and Grundmann, Matthias},
  title = {{BlazePose}: On-device Real-time Body Pose Tracking},
  journal = {arXiv preprint arXiv:2006.10204},
  year = {2020}
}"""
