"""Checks that plugin authors run on their own plugins, in their own tests.

There is one for each kind of plugin. Each is called in one line and raises AssertionError when
the plugin does not do what `skelconv.plugin` asks of its kind::

    from skelconv.testing import check_descriptor, check_sink, check_source, check_transform

    def test_descriptor():
        check_descriptor(acme_plugin.SOURCE)

    def test_source():
        clips = check_source(AcmeSource("tests/data"))
        check_transform(AcmeFilter(min_score=0.5), clips[0])
        check_sink(AcmeSink("out.acme"), clips)

- `check_descriptor` and `check_layout` check what hooks offer;
- `check_source`, `check_transform`, `check_dividing`, `check_split`, `check_sink`, `check_reader`,
  `check_trainer` and `check_executor` check the objects that ``create`` makes;
- `check_detector`, `check_pose_model` and `check_one_stage` check models, on small made-up frames
  (`moving_shapes`) by default. A trained model finds no person in these: give it frames with
  people;
- `assert_same_clip` compares two clips and says what differs.

Most checks return what the plugin gave, for further assertions. Names in recipes and layouts are
looked up among the plugins that are installed; `installed_plugins` adds others for a test::

    def test_recipe():
        with installed_plugins(acme_plugin.SOURCE, acme_plugin.LAYOUT):
            skelconv.build(recipe, executor="serial")

``__init__.pyi`` lists the names.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
