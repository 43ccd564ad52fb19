# SPDX-License-Identifier: Apache-2.0
"""Operators of the domain com.microsoft that exporters of language models write."""
import numpy as np
from onnx import TensorProto, helper

from operator_case import normal, randomFor, runPeer


def int32(values):
    return np.array(values, np.int32)


def groupQuery(add):
    """4 heads of queries on 2 of keys and values, of 16 elements."""
    def case(name, batches, length, past=0, buffer=None, packed=False, lengths=None, inputs=None,
             **attributes):
        """`past` positions before the new ones (a number for each batch where it is a list) in a
        buffer of `buffer` positions; `inputs`: those from the cosines on, by their number."""
        before = past if isinstance(past, list) else [past] * batches
        total = max(before) + length
        buffer = max(before) if buffer is None else buffer
        whole = [(batches, length, 128), None, None] if packed else \
            [(batches, length, 64), (batches, length, 32), (batches, length, 32)]
        if buffer:
            whole += [(batches, 2, buffer, 16)] * 2
        else:
            whole += [None, None]
        whole += [int32([b + length - 1 for b in before]), int32([total])]
        whole += [(inputs or {}).get(i) for i in range(7, 16)]
        while whole[-1] is None:
            whole.pop()
        add("group_query_" + name, "GroupQueryAttention", whole, num_heads=4, kv_num_heads=2,
            outputs=3, **attributes)

    angles = np.outer(np.arange(12), 10.0 ** -np.linspace(0, 2, 8))
    table = {7: np.cos(angles).astype(np.float32), 8: np.sin(angles).astype(np.float32)}
    case("prompt", 2, 5)
    case("packed", 2, 5, packed=True)
    case("rotary", 2, 5, inputs=table, do_rotary=1)
    case("rotary_packed", 2, 5, packed=True, inputs=table, do_rotary=1)
    case("rotary_interleaved", 2, 1, past=[6, 3], inputs=table, do_rotary=1, rotary_interleaved=1)
    case("next", 2, 1, past=[6, 3])
    case("next_buffer", 2, 1, past=[6, 3], buffer=9, packed=True, inputs=table, do_rotary=1)
    case("more", 1, 3, past=4, inputs=table, do_rotary=1)
    case("positions", 1, 3, past=4, do_rotary=1,
         inputs={**table, 9: np.array([[2, 9, 5]], np.int64)})
    case("window", 2, 7, local_window_size=3)
    case("window_next", 2, 1, past=[6, 3], local_window_size=4)
    case("softcap", 2, 5, softcap=2.0, scale=0.5)
    case("smooth", 2, 5, smooth_softmax=1)
    case("sink", 2, 5, inputs={11: (4,)})
    case("added", 2, 5, inputs={10: (1, 4, 5, 5)}, softcap=3.0)
    normalizedHeads(add, list(table.values()))


def normalizedHeads(add, table):
    """Queries and keys normalised inside, which ONNX Runtime does on GPUs only: expected is what it
    gives for those that numpy has normalised."""
    q, k, v, qWeights, kWeights = (normal(randomFor("normalized" + name), shape)
                                   for name, shape in (("q", (2, 5, 64)), ("k", (2, 5, 32)),
                                                       ("v", (2, 5, 32)), ("qw", 16), ("kw", 16)))
    form = dict(num_heads=4, kv_num_heads=2, do_rotary=1)
    lengths = [int32([4, 4]), int32([5])]

    def whole(x, weights):
        heads = x.reshape(2, 5, -1, 16).astype(np.float64)
        root = np.sqrt(np.mean(heads ** 2, -1, keepdims=True) + 1e-6)
        return (heads / root * weights).reshape(x.shape).astype(np.float32)

    given = [whole(q, qWeights), whole(k, kWeights), v, None, None, *lengths, *table]
    names = ["" if array is None else f"x{i}" for i, array in enumerate(given)]
    feeds = {name: array for name, array in zip(names, given) if name}
    graph = helper.make_graph(
        [helper.make_node("GroupQueryAttention", names, ["y", "k", "v"], domain="com.microsoft",
                          **form)], "normalized",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype),
                                       array.shape) for name, array in feeds.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in "ykv"])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    add("group_query_normalized", "GroupQueryAttention",
        [q, k, v, None, None, *lengths, *table, *[None] * 5, qWeights, kWeights], outputs=3,
        expected=runPeer(model, feeds), **form)


def rotary(add):
    angles = np.outer(np.arange(12), 10.0 ** -np.linspace(0, 2, 4))
    table = [np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)]
    first = np.array([3], np.int64)
    ids = np.array([[0, 4, 11], [2, 1, 1]], np.int64)
    add("rotary_first", "RotaryEmbedding", [(2, 3, 24), first, *table])
    add("rotary_ids", "RotaryEmbedding", [(2, 3, 24), ids, *table])
    add("rotary_heads", "RotaryEmbedding", [(2, 2, 3, 8), ids, *table], interleaved=1)
    add("rotary_part", "RotaryEmbedding", [(2, 3, 24), ids, *table], num_heads=2,
        rotary_embedding_dim=8)


def quantizedAttention(add):
    x = randomFor("qx").integers(0, 256, (2, 5, 8)).astype(np.uint8)
    weights = randomFor("qw").integers(-128, 128, (8, 24)).astype(np.int8)
    step, zero = np.array(0.02, np.float32), np.array(120, np.uint8)
    steps = randomFor("qs").uniform(0.005, 0.02, 24).astype(np.float32)
    one = np.array(0.01, np.float32)
    mask = int32([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    fixed = dict(constants=(1, 2, 3, 4, 6, 7), num_heads=2, outputs=2)
    add("quantized_attention", "QAttention",
        [x, weights, (24,), step, one, mask, zero, np.array(3, np.int8)], **fixed)
    add("quantized_attention_columns_past", "QAttention",
        [x, weights, (24,), step, steps, None, zero, np.zeros(24, np.int8), (2, 2, 2, 3, 4)],
        unidirectional=1, **fixed)


def blocks(add):
    random = randomFor("table")
    indices = np.array([[3, 0, 6], [-1, 2, 2]], np.int64)
    for bits in (4, 8):
        width = 64 * bits // 8
        data = random.integers(0, 256, (7, width)).astype(np.uint8)
        scales = random.uniform(0.01, 0.05, (7, 4)).astype(np.float32)
        zeros = random.integers(0, 256, (7, 4 * bits // 8)).astype(np.uint8)
        form = dict(bits=bits, block_size=16)
        add(f"gather_blocks_{bits}", "GatherBlockQuantized", [data, indices, scales],
            constants=(0, 2), **form)
        add(f"gather_blocks_{bits}_zeros", "GatherBlockQuantized", [data, indices, scales, zeros],
            constants=(0, 2, 3), **form)

    # Two bits, and groups in an order of their own: computed here, in float64.
    for name, bits, inner, columns, block in (("two_bits", 2, 64, 5, 16), ("groups", 4, 48, 3, 16)):
        count = inner // block
        q = random.integers(0, 1 << bits, (columns, inner))
        scales = random.uniform(0.01, 0.05, (columns, count)).astype(np.float32)
        zero = 1 << (bits - 1)
        group = np.arange(inner) // block if name == "two_bits" else \
            random.permutation(np.arange(inner) % count)
        packed = np.zeros((columns, count, block * bits // 8), np.uint8)
        for i in range(inner):
            at = i * bits
            packed.reshape(columns, -1)[:, at // 8] |= (q[:, i] << at % 8).astype(np.uint8)
        a = np.rint(64 * random.standard_normal((2, 3, inner))).astype(np.float32) / 64
        weights = (q - zero) * scales.astype(np.float64)[:, group]
        inputs = [a, packed, scales.reshape(-1)]
        if name == "groups":
            inputs += [None, group.astype(np.int32)]
        add("blocks_" + name, "MatMulNBits", inputs, K=inner, N=columns, bits=bits,
            block_size=block, constants=range(1, len(inputs)),
            expected=[(a.astype(np.float64) @ weights.T).astype(np.float32)])


def cases(family):
    def add(name, op, inputs, **attributes):
        family.add(name, op, inputs, check=False, domain="com.microsoft", **attributes)

    groupQuery(add)
    rotary(add)
    quantizedAttention(add)
    blocks(add)
    for name, kind in (("fp4", 0), ("nf4", 1)):
        random = randomFor(name)
        codes = random.integers(0, 256, 3 * 64 // 2).astype(np.uint8)
        factors = random.uniform(0.5, 2, 3 * 64 // 16).astype(np.float32)
        add("blocks_" + name, "MatMulBnb4", [(2, 5, 64), codes, factors], constants=(1, 2), K=64,
            N=3, block_size=16, quant_type=kind, transB=1)
    ids, segments = int32([[1, 4, 0, 9], [3, 3, 2, 1]]), int32([[0, 0, 1, 1], [0, 1, 1, 1]])
    tables = [randomFor(n).integers(0, 256, shape).astype(np.uint8)
              for n, shape in (("w", (10, 8)), ("p", (6, 8)), ("s", (2, 8)), ("g", 8), ("b", 8))]
    steps = [np.array(v, np.float32) for v in (0.02, 0.01, 0.03, 0.015, 0.005)]
    zeros = [np.array(v, np.uint8) for v in (120, 128, 99, 3, 140)]
    add("quantized_embed", "QEmbedLayerNormalization",
        [ids, segments, *tables, int32([[1, 1, 1, 1], [1, 1, 0, 0]]), *steps, *zeros],
        constants=range(8, 18), outputs=2, outputTypes=(TensorProto.FLOAT, TensorProto.INT32))
    grid = np.clip(randomFor("grid").standard_normal((2, 3, 4, 2)), -1.2, 1.2).astype(np.float32)
    add("grid_sample", "GridSample", [(2, 2, 5, 6), grid], padding_mode="border")
    add("gather_nd", "GatherND", [(3, 4, 2), np.array([[0, 1], [2, 3], [1, 0]], np.int64)])
    add("trilu", "Trilu", [(2, 4, 5), np.array(-1, np.int64)], upper=0)
