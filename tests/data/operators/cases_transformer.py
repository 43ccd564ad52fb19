# SPDX-License-Identifier: Apache-2.0
"""Operators of the domain com.microsoft that ONNX Runtime's optimiser writes."""
import numpy as np
from onnx import TensorProto

from operator_case import randomFor


def cases(family):
    def add(name, op, inputs, **attributes):
        family.add(name, op, inputs, check=False, domain="com.microsoft", **attributes)

    add("gelu", "Gelu", [(3, 5, 7)])
    add("bias_gelu", "BiasGelu", [(3, 5, 7), (7,)])
    add("fast_gelu", "FastGelu", [(3, 5, 7)])
    add("fast_gelu_bias", "FastGelu", [(3, 5, 7), (7,)])
    add("fused_matmul", "FusedMatMul", [(2, 5, 7), (2, 7, 3)], alpha=0.125)
    add("fused_matmul_a", "FusedMatMul", [(2, 7, 5), (7, 3)], transA=1)
    add("fused_matmul_b", "FusedMatMul", [(4, 2, 5, 7), (2, 3, 7)], transB=1, alpha=2.0)
    add("fused_matmul_ab", "FusedMatMul", [(7, 5), (3, 7)], transA=1, transB=1)
    add("fused_matmul_batches_a", "FusedMatMul", [(5, 2, 3, 7), (2, 3, 7, 4)], transBatchA=1)
    add("fused_matmul_batches_b", "FusedMatMul", [(2, 3, 5, 7), (4, 2, 3, 7)], transBatchB=1,
        transB=1, constants=(1,))
    add("transpose_matmul", "TransposeMatMul", [(2, 5, 7), (2, 3, 7)], transB=1, alpha=0.5)
    add("skip", "SkipLayerNormalization", [(2, 5, 8), (2, 5, 8), (8,), (8,)])
    add("skip_bias", "SkipLayerNormalization", [(2, 5, 8), (2, 5, 8), (8,), (8,), (8,)],
        epsilon=1e-5)
    add("skip_no_beta", "SkipLayerNormalization", [(2, 5, 8), (2, 5, 8), (8,)])

    ids = np.array([[1, 4, 0, 9], [3, 3, 2, 1]], np.int32)
    segments = np.array([[0, 0, 1, 1], [0, 1, 1, 1]], np.int32)
    positions = np.array([[3, 2, 1, 0], [0, 1, 1, 5]], np.int32)
    words, places, kinds = (10, 8), (6, 8), (2, 8)
    mask = np.array([[1, 1, 1, 1], [1, 1, 0, 0]], np.int32)
    two = {"outputs": 2, "outputTypes": (TensorProto.FLOAT, TensorProto.INT32)}
    add("embed", "EmbedLayerNormalization",
        [ids, segments, words, places, kinds, (8,), (8,), mask], **two)
    add("embed_no_segments", "EmbedLayerNormalization",
        [ids, None, words, places, None, (8,), (8,)], **two)
    add("embed_positions", "EmbedLayerNormalization",
        [ids, segments, words, places, kinds, (8,), (8,), None, positions], epsilon=1e-5, **two)

    x, weights, bias = (2, 5, 8), (8, 24), (24,)
    lengths = np.array([5, 3], np.int32)
    keys = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 1, 0]], np.int32)
    pairs = np.tril(np.ones((2, 5, 5), np.int32))
    add("attention", "Attention", [x, weights, bias], num_heads=2)
    add("attention_constant", "Attention", [x, weights, bias], num_heads=4, constants=(1, 2))
    add("attention_causal", "Attention", [x, weights, bias], num_heads=2, unidirectional=1)
    add("attention_lengths", "Attention", [x, weights, bias, lengths], num_heads=2)
    add("attention_keys", "Attention", [x, weights, bias, keys], num_heads=2)
    add("attention_pairs", "Attention", [x, weights, bias, pairs], num_heads=2)
    add("attention_scale", "Attention", [x, weights, bias], num_heads=2, scale=0.25)
    add("attention_added", "Attention", [x, weights, bias, None, None, (2, 2, 5, 5)], num_heads=2)
    add("attention_past", "Attention", [x, weights, bias, None, (2, 2, 2, 3, 4)], num_heads=2,
        outputs=2, unidirectional=1)

    q, k, v = (2, 5, 8), (2, 7, 8), (2, 7, 12)
    add("heads", "MultiHeadAttention", [q, k, v], num_heads=2)
    add("heads_bias", "MultiHeadAttention", [q, k, (2, 7, 8), (24,)], num_heads=4, scale=0.5)
    add("heads_lengths", "MultiHeadAttention", [q, k, v, None, np.array([7, 4], np.int32)],
        num_heads=2)
    add("heads_added", "MultiHeadAttention", [q, k, v, None, None, (1, 2, 5, 7)], num_heads=2)
    add("heads_split", "MultiHeadAttention", [q, (2, 2, 7, 4), (2, 2, 7, 4)], num_heads=2)
    add("heads_causal", "MultiHeadAttention", [q, q, q], num_heads=2, unidirectional=1)
    add("heads_past", "MultiHeadAttention",
        [q, q, q, None, None, None, (2, 2, 3, 4), (2, 2, 3, 4)], num_heads=2, outputs=3)

    one, room, known = (4, 1, 8), (4, 2, 9, 4), np.array([5], np.int32)
    mask = np.array([[1, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1], [1] * 6, [1, 0, 0, 1, 1, 1]], np.int32)
    origins = randomFor("origins").integers(0, 2, (2, 2, 9)).astype(np.int32)
    decode, shared = "DecoderMaskedMultiHeadAttention", {"past_present_share_buffer": 1}
    add("decode", decode, [one, one, one, mask, None, room, room, known], num_heads=2,
        outputs=3, **shared)
    add("decode_added", decode, [one, one, one, None, (1, 2, 1, 6), room, room, known, None, None,
                                 (24,)], num_heads=2, outputs=3, **shared)
    add("decode_across", decode, [one, (4, 2, 7, 4), (4, 2, 7, 4)], num_heads=2, scale=0.5)
    add("decode_scores", decode, [one, (4, 2, 7, 4), (4, 2, 7, 4)] + [None] * 7 + [(24,)],
        num_heads=2)
    add("decode_beams", decode,
        [one, one, one, None, None, room, room, known, np.array([2], np.int32), origins],
        num_heads=2, outputs=3, **shared)
    add("heads_scores", "MultiHeadAttention", [q, k, v, None, None, (1, 2, 5, 7)], num_heads=2,
        outputs=4)

    image, kernels = (1, 4, 6, 5), (6, 4, 3, 3)
    add("conv_relu", "FusedConv", [image, kernels, (6,)], constants=(1, 2), activation="Relu")
    add("conv_added", "FusedConv", [image, kernels, (6,), (1, 6, 4, 3)], constants=(1, 2),
        activation="Relu")
    add("conv_clip", "FusedConv", [image, kernels], constants=(1,), activation="Clip",
        activation_params=[-0.5, 2.0], pads=[1, 1, 1, 1])
    add("conv_leaky", "FusedConv", [image, (4, 2, 1, 1)], group=2, activation="LeakyRelu",
        activation_params=[0.3])
    add("gemm_relu", "FusedGemm", [(5, 7), (7, 3), (3,)], activation="Relu", alpha=0.5)
    add("gemm_leaky", "FusedGemm", [(5, 7), (3, 7), (3,)], transB=1, activation="LeakyRelu",
        activation_alpha=0.2)
    add("quick_gelu", "QuickGelu", [(3, 5, 7)], alpha=1.5)
    add("skip_simplified", "SkipSimplifiedLayerNormalization", [(2, 5, 8), (2, 5, 8), (8,)],
        epsilon=1e-6)
    add("skip_simplified_bias", "SkipSimplifiedLayerNormalization",
        [(2, 5, 8), (2, 5, 8), (8,), (8,)], epsilon=1e-6)
    random = randomFor("blocks")
    for bits, inner, columns, block in ((4, 64, 5, 16), (4, 80, 3, 32), (8, 64, 4, 32)):
        blocks = -(-inner // block)
        packed = random.integers(0, 256, (columns, blocks, block * bits // 8)).astype(np.uint8)
        scales = random.uniform(0.01, 0.05, columns * blocks).astype(np.float32)
        zeros = random.integers(0, 256, columns * -(-blocks * bits // 8)).astype(np.uint8)
        form = dict(K=inner, N=columns, bits=bits, block_size=block)
        name = f"blocks_{bits}_{block}"
        add(name, "MatMulNBits", [(2, 3, inner), packed, scales], constants=(1, 2), **form)
        add(name + "_zeros", "MatMulNBits", [(2, 3, inner), packed, scales, zeros],
            constants=(1, 2, 3), **form)
        add(name + "_bias", "MatMulNBits",
            [(3, inner), packed, scales, None, None, (columns,)], constants=(1, 2, 5), **form)

    # These two stand in ONNX's own domain, at any opset.
    family.add("simplified", "SimplifiedLayerNormalization", [(2, 5, 8), (8,)], check=False,
               opset=13, axis=-1, epsilon=1e-6)
    family.add("early_layer_normalization", "LayerNormalization", [(2, 5, 8), (8,), (8,)],
               check=False, opset=13)
