# SPDX-License-Identifier: Apache-2.0
"""Writes modules as ONNX by torch's exporters, each with a sample beside it.

Of a model: NAME.onnx, NAME.json (what a table says of it), and at last NAME.npz (one array per
input, each with an axis in front that counts samples).
"""
import json
import sys

import numpy as np
import onnx
import torch

DEFAULT_OPSETS = {"torchscript": [17], "dynamo": [20]}


def save(folder, name, inputs, model, exporter, allowed=None):
    """`allowed`: the relative error, where it is another than for most models."""
    described = {"model": model, "exporter": exporter, "allowed": allowed}
    (folder / f"{name}.json").write_text(json.dumps(described))
    np.savez(folder / f"{name}.npz", **{key: np.asarray(v)[None] for key, v in inputs.items()})


def arguments(exporter, inputs, axes):
    if exporter == "torchscript":
        return {"dynamo": False, "dynamic_axes": {name: axes for name in inputs} if axes else None}
    dynamic = {axis: torch.export.Dim.DYNAMIC for axis in axes or {}}
    return {"dynamo": True, "verbose": False,
            "dynamic_shapes": tuple(dynamic for _ in inputs) if axes else None}


def stem_of(name, exporter, opset, axes):
    return f"{name}.{exporter}{opset}{'.dynamic' if axes else ''}"


def export(folder, name, module, inputs, exporter, opset, axes):
    stem = stem_of(name, exporter, opset, axes)
    path = folder / f"{stem}.onnx"
    try:
        torch.onnx.export(module, tuple(inputs.values()), str(path), opset_version=opset,
                          input_names=list(inputs), **arguments(exporter, inputs, axes))
    except Exception as error:  # each version of torch refuses something else
        print(f"{stem} is left out: {str(error).splitlines()[0]}", file=sys.stderr)
        return
    names = [value.name for value in onnx.load(path, load_external_data=False).graph.input]
    save(folder, stem, dict(zip(names, inputs.values(), strict=True)), name,
         f"{exporter}{', dynamic' if axes else ''}")


def forms(models, name):
    """The exporters, opsets and dynamic axes with which a model is exported."""
    for exporter, usual in DEFAULT_OPSETS.items():
        if (name, exporter) in models.REFUSED:
            continue
        for opset in models.OPSETS.get((name, exporter), usual):
            yield exporter, opset, None
        if name in models.DYNAMIC:
            yield exporter, usual[0], models.DYNAMIC[name]


def export_all(folder, models, wanted):
    """The models of a module of this folder: its MODELS, REFUSED, OPSETS and DYNAMIC."""
    for name, (make, sample) in models.MODELS.items():
        missing = [form for form in forms(models, name) if wanted(stem_of(name, *form))
                   and not (folder / f"{stem_of(name, *form)}.npz").exists()]
        if not missing:
            continue
        torch.manual_seed(0)
        module, inputs = make(), sample()
        for form in missing:
            export(folder, name, module, inputs, *form)
