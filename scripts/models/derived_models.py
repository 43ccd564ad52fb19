# SPDX-License-Identifier: Apache-2.0
"""What tools make of exported models: quantized, in float16, with the operators of ONNX Runtime.

Where a model rounds between its layers, a value that lies within float32's error of the middle
between two steps rounds either way, and random weights carry that to the outputs: ONNX Runtime with
and without its optimiser differs there by several percent. Such models have an error of their own
that is allowed. Those of 8-bit integers throughout have none.
"""
import numpy as np
import onnx
import onnxruntime as ort
from onnxruntime import quantization
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.float16 import convert_float_to_float16

from export import save


def inputs_of(folder, source):
    return {name: array[0] for name, array in np.load(folder / f"{source}.npz").items()}


class Samples(quantization.CalibrationDataReader):
    """The sample and some noise about it."""

    def __init__(self, inputs):
        rng = np.random.default_rng(8)
        noisy = [{k: v + rng.normal(0, 0.3, v.shape).astype(v.dtype) for k, v in inputs.items()}
                 for _ in range(3)]
        self.samples = iter([inputs, *noisy])

    def get_next(self):
        return next(self.samples, None)


def static(form, **options):
    def make(source, target, inputs):
        prepared = target.with_suffix(".prepared")
        quantization.quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantization.quantize_static(prepared, target, Samples(inputs), quant_format=form,
                                     **options)
        prepared.unlink()
    return make


def dynamic(source, target, inputs):
    quantization.quantize_dynamic(source, target)


def fused(kind, heads, width):
    def make(source, target, inputs):
        model = optimizer.optimize_model(str(source), kind, heads, width, opt_level=0)
        model.save_model_to_file(str(target))
    return make


def saved_by_runtime(source, target, inputs):
    """As ONNX Runtime saves what it runs, at the last level that is the same on every machine."""
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    options.log_severity_level = 4
    ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def half(source, target, inputs):
    onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=True), target)


QDQ, QOPERATOR = quantization.QuantFormat.QDQ, quantization.QuantFormat.QOperator
UNSIGNED = {"activation_type": quantization.QuantType.QUInt8}

ROUNDING = 0.1

# (model it is made of, what it is called, how, the error that is allowed)
DERIVED = [
    ("resnet50.torchscript17", "Q/DQ, per channel", static(QDQ, per_channel=True), ROUNDING),
    ("mobilenet_v2.torchscript17", "Q/DQ, symmetric",
     static(QDQ, extra_options={"ActivationSymmetric": True}), ROUNDING),
    ("resnet50.torchscript17", "QOperator", static(QOPERATOR, **UNSIGNED), None),
    ("mobilenet_v3_small.torchscript17", "QOperator", static(QOPERATOR, **UNSIGNED), None),
    ("squeezenet1_1.torchscript17", "QOperator", static(QOPERATOR), None),
    ("densenet121.torchscript17", "QOperator", static(QOPERATOR, **UNSIGNED), ROUNDING),
    ("distilbert.torchscript17", "dynamically quantized", dynamic, ROUNDING),
    ("lstm_tagger.torchscript17", "dynamically quantized", dynamic, ROUNDING),
    ("resnet50.torchscript17", "float16", half, ROUNDING),
    ("distilbert.torchscript17", "float16", half, ROUNDING),
    ("bert_base.torchscript17", "fused for transformers", fused("bert", 12, 768), None),
    ("gpt2.torchscript17", "fused for transformers", fused("gpt2", 8, 512), None),
    ("vit_b_16.torchscript17", "fused for transformers", fused("vit", 12, 768), None),
    ("swin_t.torchscript17", "fused for transformers", fused("swin", 0, 0), None),
    ("resnet50.torchscript17", "saved by ONNX Runtime", saved_by_runtime, None),
    ("mobilenet_v3_small.torchscript17", "saved by ONNX Runtime", saved_by_runtime, None),
    ("distilbert.torchscript17", "saved by ONNX Runtime", saved_by_runtime, None),
    ("t5_encoder.torchscript17", "saved by ONNX Runtime", saved_by_runtime, None),
]


def stem_of(source, label):
    return f"{source}.{label.replace('/', '').replace(', ', '-').replace(' ', '-')}"


def stems():
    """What each is made of, and its own name."""
    return [(source, stem_of(source, label)) for source, label, *_ in DERIVED]


def derive_all(folder, wanted):
    for source, label, make, allowed in DERIVED:
        stem = stem_of(source, label)
        if not wanted(stem) or (folder / f"{stem}.npz").exists():
            continue
        inputs = inputs_of(folder, source)
        make(folder / f"{source}.onnx", folder / f"{stem}.onnx", inputs)
        save(folder, stem, inputs, source.split(".")[0], label, allowed)
