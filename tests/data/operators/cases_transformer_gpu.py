# SPDX-License-Identifier: Apache-2.0
"""Operators of the domain com.microsoft that ONNX Runtime has on GPUs only: expected is what their
definitions (docs/ContribOperators.md) come to in numpy, in float64."""
import math

import numpy as np
from onnx import TensorProto

from operator_case import normal, randomFor

FLOAT, INT32 = TensorProto.FLOAT, TensorProto.INT32


def values(name, *shape):
    return normal(randomFor(name), shape)


def gelu(x):
    return x * (np.vectorize(math.erf)(x / np.sqrt(2)) + 1) / 2


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def groupNorm(x, gamma, beta, groups, epsilon, silu):
    """The channels are the last axis."""
    x = x.astype(np.float64)
    parts = x.reshape(x.shape[0], -1, groups, x.shape[-1] // groups)
    mean = parts.mean(axis=(1, 3), keepdims=True)
    variance = parts.var(axis=(1, 3), keepdims=True)
    y = ((parts - mean) / np.sqrt(variance + epsilon)).reshape(x.shape) * gamma + beta
    return y * sigmoid(y) if silu else y


def attention(q, k, v, heads, bias=0.0):
    """Operands of batch x length x width."""
    def split(x):
        x = x.astype(np.float64)
        return x.reshape(*x.shape[:2], heads, -1).transpose(0, 2, 1, 3)
    q, k, v = split(q), split(k), split(v)
    scores = q @ k.transpose(0, 1, 3, 2) / np.sqrt(q.shape[3]) + bias
    weights = np.exp(scores - scores.max(axis=3, keepdims=True))
    y = weights / weights.sum(axis=3, keepdims=True) @ v
    return y.transpose(0, 2, 1, 3).reshape(y.shape[0], y.shape[2], -1)


def bucket(distance, buckets, farthest, bothWays):
    """transformers, T5Attention._relative_position_bucket"""
    first = 0
    if bothWays:
        buckets //= 2
        first = buckets * (distance > 0)
        distance = abs(distance)
    else:
        distance = -min(distance, 0)
    exact = buckets // 2
    if distance < exact:
        return first + distance
    share = (np.log(np.float32(distance) / np.float32(exact))
             / np.float32(math.log(farthest / exact)) * np.float32(buckets - exact))
    return first + min(exact + int(share), buckets - 1)


def cases(family):
    def add(name, op, inputs, expected, types=(FLOAT,), **attributes):
        family.add(name, op, inputs, check=False, domain="com.microsoft", outputs=len(expected),
                   outputTypes=types, expected=[np.asarray(e, np.float32) if t == FLOAT else e
                                                for e, t in zip(expected, types)], **attributes)

    images, gamma, beta = values("images", 2, 3, 4, 8), values("gamma", 8), values("beta", 8)
    skip, rows, bias = values("skip", 2, 3, 4, 8), values("rows", 2, 8), values("bias", 8)
    first = images.transpose(0, 3, 1, 2)
    y = groupNorm(images, gamma, beta, 4, 1e-5, False)
    add("group_norm", "GroupNorm", [images, gamma, beta], [y], groups=4, activation=0)
    add("group_norm_channels_first", "GroupNorm", [first, gamma, beta],
        [y.transpose(0, 3, 1, 2)], groups=4, activation=0, channels_last=0)
    add("group_norm_silu", "GroupNorm", [images, gamma, beta],
        [groupNorm(images, gamma, beta, 2, 1e-3, True)], groups=2, activation=1, epsilon=1e-3)
    for name, added, more in (("", skip, [bias]), ("_rows", rows[:, None, None], [])):
        total = images + added + sum(more)
        add("skip_group_norm" + name, "SkipGroupNorm",
            [images, gamma, beta, added if name == "" else rows, *more],
            [groupNorm(total, gamma, beta, 4, 1e-5, True), total], (FLOAT, FLOAT), groups=4,
            activation=1)

    x, residual = values("x", 2, 5, 8), values("residual", 2, 5, 8)
    add("bias_add", "BiasAdd", [x, bias, residual], [x + bias + residual])
    total = (x + bias).astype(np.float64)
    add("bias_split_gelu", "BiasSplitGelu", [x, bias], [total[..., :4] * gelu(total[..., 4:])])
    weights, shift = values("weights", 8, 6), values("shift", 6)
    product = x.astype(np.float64) @ weights + shift
    add("gemm_fast_gelu", "GemmFastGelu", [x, weights, shift],
        [product / 2 * (1 + np.tanh(0.7978845608 * (product + 0.044715 * product**3)))])

    kernels = values("kernels", 6, 3, 2, 4)  # two groups of four channels
    padded = np.pad(images.astype(np.float64), ((0, 0), (1, 1), (0, 0), (0, 0)))
    convolved = np.zeros((2, 3, 3, 6)) + shift
    for i, j, out in np.ndindex(3, 2, 6):
        own = slice(out // 3 * 4, out // 3 * 4 + 4)
        convolved[..., out] += padded[:, i:i + 3, j:j + 3, own] @ kernels[out, i, j]
    for constants in ((), (1, 2)):
        add("nhwc_conv" + "_constant" * bool(constants), "NhwcConv", [images, kernels, shift],
            [convolved], group=2, pads=[1, 0, 1, 0], kernel_shape=[3, 2], constants=constants)

    for name, buckets, farthest, length, both in (
            ("t5", 32, 128, 150, 1), ("t5_decoder", 32, 128, 150, 0), ("small", 8, 20, 12, 1)):
        table = values(name + "table", 2, buckets)
        expected = [[[table[head, bucket(j - i, buckets, farthest, both)] for j in range(length)]
                     for i in range(length)] for head in range(2)]
        add("relative_position_" + name, "RelativePositionBias",
            [table.reshape(buckets, 2), np.array([length]), np.array([length])], [[expected]],
            max_distance=farthest, is_bidirectional=both)

    heads, size, length = 2, 4, 5
    distances, gates = values("distances", 1, heads, length, length), values("gates", size, 6)
    gateBias, scales = values("gate bias", 6), values("scales", 1, heads, 1, 1)

    def gated(queries):
        q = queries.astype(np.float64).reshape(2, length, heads, size).transpose(0, 2, 1, 3)
        open_ = sigmoid((q @ gates + gateBias).reshape(2, heads, length, 2, 3).sum(axis=4))
        u, r = open_[..., :1], open_[..., 1:]
        return (u * (r * scales - 1) + 2) * distances
    add("gated_position", "GatedRelativePositionBias",
        [x, bias, distances, gates, gateBias, scales], [gated(x + bias)], num_heads=heads)

    counts = np.array([3, 5], np.int32)
    places = np.array([[0, 1, 2, 5, 6], [7, 8, 9, 3, 4]], np.int32)
    ends, real = np.array([0, 3, 8], np.int32), np.arange(5) < counts[:, None]
    tokens, without = x[real], x * real[..., None]
    add("remove_padding", "RemovePadding", [x, counts],
        [tokens, places, ends, np.array([5], np.int32)], (FLOAT, INT32, INT32, INT32))
    add("restore_padding", "RestorePadding", [tokens, places], [without])
    add("gated_position_packed", "GatedRelativePositionBias",
        [tokens, bias, distances, gates, gateBias, scales, places],
        [gated((x + bias) * real[..., None])], num_heads=heads)
    hidden = np.where(real, 0.0, -np.inf)[:, None, None]
    inner, innerBias = values("inner", 8, 24), values("inner bias", 24)
    q, k, v = np.split(without.astype(np.float64) @ inner + innerBias, 3, axis=2)
    extra = values("extra", 1, heads, 5, 5)
    add("packed_attention", "PackedAttention", [tokens, inner, innerBias, places, ends],
        [attention(q, k, v, heads, hidden)[real]], num_heads=heads)
    add("packed_attention_added", "PackedAttention",
        [tokens, inner, innerBias, places, ends, extra],
        [attention(q, k, v, heads, hidden + extra)[real]], num_heads=heads, constants=(1, 2))
    q, k, v = (values(name, 2, 5, 8) for name in ("q", "k", "v"))
    operands = [part[real] for part in (q, k, v)]
    add("packed_heads", "PackedMultiHeadAttention", [*operands, None, places, ends],
        [attention(q, k, v, heads, hidden)[real]], num_heads=heads)
    withBias = [part + innerBias[i * 8:i * 8 + 8] for i, part in enumerate((q, k, v))]
    side = np.stack([part.reshape(8, heads, size) for part in operands], axis=2)
    add("packed_heads_interleaved", "PackedMultiHeadAttention",
        [side, None, None, innerBias, places, ends, extra],
        [attention(*withBias, heads, hidden + extra)[real]], num_heads=heads)

    side = np.stack([part.reshape(2, 5, heads, size) for part in (q, k, v)], axis=3)
    add("heads_interleaved", "MultiHeadAttention", [side], [attention(q, k, v, heads)],
        num_heads=heads)
    add("heads_keys_interleaved", "MultiHeadAttention", [q, side[:, :, :, 1:]],
        [attention(q, k, v, heads)], num_heads=heads)
    past = [values(name, 2, heads, 7, size) for name in ("past keys", "past values")]
    new, known = values("new", 2, 1, 24), 5
    newBias = values("new bias", 24)
    q, k, v = np.split(new + newBias, 3, axis=2)
    present = [part.copy() for part in past]
    for part, own in zip(present, (k, v)):
        part[:, :, known] = own.reshape(2, heads, size)
    k, v = (part[:, :, :known + 1].transpose(0, 2, 1, 3).reshape(2, known + 1, -1)
            for part in present)
    add("decode_side_by_side", "DecoderMaskedMultiHeadAttention",
        [new, None, None, None, None, *past, np.array([known], np.int32), None, None, newBias],
        [attention(q, k, v, heads), *present], (FLOAT,) * 3, num_heads=heads,
        past_present_share_buffer=1)
