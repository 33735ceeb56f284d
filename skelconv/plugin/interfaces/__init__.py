"""What each kind of plugin must do: a file for each kind.

These are protocols: a plugin's classes need not inherit from anything here. A `Trainer` is plain
data.

A build runs in two places. The *driver*, the process of the build itself, plans
(`Source.inventory`), assigns splits (`Split.assign`) and assembles the output (`Sink.assemble`).
*Workers* load, transform and encode (`Source.load`, `Transform.__call__`, `Sink.encode`). Each
process makes its own stages from the recipe with the descriptor's ``create``, and uses each from
one thread only. So a stage need not be picklable or thread-safe, and what it keeps, such as a
model, is loaded once in each worker.

What a stage may raise on a worker:

- `skelconv.ClipError`: this clip cannot be converted. It is quarantined, and the build continues.
- `skelconv.ClipDropped`, from sources and transforms: this clip is left out. It is counted by
  reason.
- `skelconv.SkelconvError`, such as `skelconv.PluginError`: every clip would fail. The build ends.
- Any other exception quarantines the clip, with a message that names the plugin, and the file and
  line.

Whatever a stage raises on the driver ends the build.
"""

from __future__ import annotations
