# SPDX-License-Identifier: Apache-2.0
"""Single-operator ONNX models with inputs and the outputs of ONNX Runtime, kept in a zip."""
import io
import warnings
import zipfile
import zlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

# Element types that the reader knows.
KNOWN = {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"}


def randomFor(name):
    """The generator of a case: its seed depends on its name only."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def normal(random, shape):
    return np.asarray(np.rint(64 * random.standard_normal(shape)) / 64, dtype=np.float32)


class Family:
    """Collects the cases of one zip."""

    def __init__(self, name):
        self.name = name
        self.files = {}

    def add(self, name, op, inputs, opset=17, constants=(), outputs=1, check=True,
            expected=None, outputTypes=(), nodeAttributes=None, **attributes):
        """One case: `inputs` are arrays, shapes (tuples: standard normal float32, in steps of
        1/64, which keeps the zip small), or None where absent; those whose index is in `constants` (or all, with "all but first") become
        initializers. Expected outputs come from ONNX Runtime, unless `expected` gives them (a
        list of arrays computed in float64, where float32 costs ONNX Runtime too many digits).
        `outputTypes` are those of operators that onnx does not know (float32 otherwise);
        `nodeAttributes` those attributes whose names are taken here."""
        random = randomFor(name)
        arrays = [normal(random, x) if isinstance(x, tuple) else x for x in inputs]
        if constants == "all but first":
            constants = range(1, len(arrays))
        names = ["" if a is None else f"x{i}" for i, a in enumerate(arrays)]
        outputNames = [f"y{i}" for i in range(outputs)]
        node = helper.make_node(op, names, outputNames, name=name, **attributes,
                                **(nodeAttributes or {}))
        given = [i for i, a in enumerate(arrays) if a is not None and i not in constants]
        graph = helper.make_graph(
            [node], name,
            [helper.make_tensor_value_info(
                names[i], helper.np_dtype_to_tensor_dtype(arrays[i].dtype), arrays[i].shape)
             for i in given],
            [helper.make_tensor_value_info(n, TensorProto.UNDEFINED, None) for n in outputNames],
            [numpy_helper.from_array(np.asarray(arrays[i], order="C"), names[i])
             for i in constants if arrays[i] is not None])
        for info in graph.output:
            info.ClearField("type")
        model = self.finish(graph, opset, check, outputTypes)
        feeds = {names[i]: arrays[i] for i in given}
        self.store(name, model, [arrays[i] for i in given],
                   runPeer(model, feeds) if expected is None else expected)

    def finish(self, graph, opset, check, outputTypes):
        domains = {node.domain for node in graph.node} - {""}
        opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(d, 1) for d in domains)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="make_cases")
        model.ir_version = max(4, helper.find_min_ir_version_for(opsets[:1]))
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=check)
        types = {info.name: info.type for info in inferred.graph.output}
        known = dict(zip(types, outputTypes))
        for info in model.graph.output:
            info.type.tensor_type.elem_type = (types[info.name].tensor_type.elem_type
                                               or known.get(info.name, TensorProto.FLOAT))
        return model

    def addNodeTests(self, *operators, skip=()):
        """The onnx package's own node tests of these operators, with its expected outputs."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from onnx.backend.test.case.node import collect_testcases
            every = collect_testcases(None)  # all at once: it imports its cases one time only
        for case in every:
            name = case.name.removeprefix("test_")
            if name.endswith("_expanded") or "_expanded_ver" in name or name in skip:
                continue
            if case.model is None or case.model.graph.node[-1].op_type not in operators:
                continue
            inputs, outputs = case.data_sets[0]
            arrays = [*inputs, *outputs]
            if not all(isinstance(a, (np.ndarray, np.generic)) for a in arrays):
                continue  # sequences, optional values, element types that numpy lacks
            arrays = [np.asarray(a) for a in arrays]
            if any(a.size > 2500 or a.dtype.str[1:] not in KNOWN for a in arrays):
                continue
            self.store("onnx_" + name, case.model, arrays[:len(inputs)], arrays[len(inputs):])

    def store(self, name, model, inputs, outputs):
        if f"{name}/model.onnx" in self.files:
            raise ValueError(f"two cases are named {name}")
        self.files[f"{name}/model.onnx"] = model.SerializeToString()
        for kind, arrays in (("input", inputs), ("output", outputs)):
            for i, array in enumerate(arrays):
                stream = io.BytesIO()
                np.lib.format.write_array(stream, np.asarray(array, order="C"), version=(1, 0))
                self.files[f"{name}/{kind}_{i}.npy"] = stream.getvalue()

    def write(self, folder):
        """Writes <folder>/<family>.zip; equal cases give an equal file."""
        path = folder / f"{self.name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, content in sorted(self.files.items()):
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, content)
        cases = sum(name.endswith("model.onnx") for name in self.files)
        print(f"{path.name}: {cases} cases, {path.stat().st_size} bytes")


def runPeer(model, feeds):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    return session.run(None, feeds)
