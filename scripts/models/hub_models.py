# SPDX-License-Identifier: Apache-2.0
"""Networks of the package transformers, with random weights from a seed: nothing is downloaded."""
import torch
import transformers
from torch import nn

from torch_models import audio, image, lively, settled, tokens


class Outputs(nn.Module):
    """The named fields of what a model returns, as a tuple; `inputs` names its arguments."""

    def __init__(self, model, inputs, outputs):
        super().__init__()
        self.model, self.inputs, self.outputs = model.eval(), inputs, outputs

    def forward(self, first, second=None):
        values = (first,) if second is None else (first, second)
        found = self.model(**dict(zip(self.inputs, values, strict=True)))
        return tuple(getattr(found, name) for name in self.outputs)


class Cached(nn.Module):
    """A decoder that reads one more word, and the keys and values of those before it."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, word, *past):
        cache = transformers.DynamicCache()
        for layer in range(len(past) // 2):
            cache.update(past[2 * layer], past[2 * layer + 1], layer)
        found = self.model(input_ids=word, past_key_values=cache, use_cache=True)
        layers = found.past_key_values.layers
        return (found.logits, *(t for layer in layers for t in (layer.keys, layer.values)))


def cached(kind, config):
    def make():
        sized = getattr(transformers, f"{config[0]}Config")(**{**config[1], "use_cache": True})
        return Cached(lively(getattr(transformers, kind)(sized))).eval()

    def sample():
        heads = config[1]["num_key_value_heads"]
        size = config[1]["hidden_size"] // config[1]["num_attention_heads"]
        generator = torch.Generator().manual_seed(5)
        past = {f"past_{layer}_{name}": torch.randn(1, heads, 12, size, generator=generator)
                for layer in range(config[1]["num_hidden_layers"]) for name in ("keys", "values")}
        return {"word": tokens(1, config[1]["vocab_size"]), **past}
    return make, sample


def mask(count, kept):
    return (torch.arange(count) < kept).long().reshape(1, -1)


def network(kind, config, outputs, inputs, finish=lambda module: module):
    """Attention is written out, as optimisers of exported models expect it."""
    def make():
        sized = getattr(transformers, f"{config[0]}Config")(**config[1])
        sized._attn_implementation = config[2] if len(config) > 2 else "eager"
        module = lively(getattr(transformers, kind)(sized))
        return finish(Outputs(module, list(inputs()), outputs).eval())
    return make, inputs


def pictured(module):
    return settled(module, 256)


def words(count, kept, vocabulary):
    return lambda: {"input_ids": tokens(count, vocabulary), "attention_mask": mask(count, kept)}


GPT = {"n_layer": 4, "n_embd": 512, "n_head": 8, "vocab_size": 5000, "use_cache": False}
LLAMA = {"hidden_size": 512, "intermediate_size": 1408, "num_hidden_layers": 4, "use_cache": False,
         "num_attention_heads": 8, "num_key_value_heads": 2, "vocab_size": 5000}
SPEECH = {"num_hidden_layers": 3, "hidden_size": 384, "num_attention_heads": 6,
          "intermediate_size": 1536}
WHISPER = {"d_model": 256, "encoder_layers": 3, "decoder_layers": 3, "encoder_ffn_dim": 1024,
           "decoder_ffn_dim": 1024, "encoder_attention_heads": 4, "decoder_attention_heads": 4,
           "vocab_size": 5000, "max_source_positions": 150, "use_cache": False,
           **{f"{name}_token_id": 1 for name in ("pad", "bos", "eos", "decoder_start")}}
DETR = {"use_timm_backbone": False, "use_pretrained_backbone": False, "backbone": None,
        "backbone_config": transformers.ResNetConfig(
            embedding_size=32, hidden_sizes=[32, 64, 96, 128], depths=[1, 1, 1, 1],
            out_features=["stage4"]),
        "d_model": 64, "encoder_layers": 2, "decoder_layers": 2, "encoder_ffn_dim": 128,
        "decoder_ffn_dim": 128, "encoder_attention_heads": 4, "decoder_attention_heads": 4,
        "num_queries": 20}
T5 = {"num_layers": 3, "d_model": 256, "d_ff": 1024, "vocab_size": 5000}

MODELS = {
    "bert_base": network("BertModel", ("Bert", {}), ["last_hidden_state", "pooler_output"],
                         words(64, 50, 30522)),
    "distilbert": network("DistilBertForSequenceClassification",
                          ("DistilBert", {"n_layers": 3}, "sdpa"), ["logits"],
                          words(48, 48, 30522)),
    "gpt2": network("GPT2LMHeadModel", ("GPT2", GPT), ["logits"], words(32, 32, 5000)),
    "llama": network("LlamaForCausalLM", ("Llama", LLAMA, "sdpa"), ["logits"],
                     words(32, 32, 5000)),
    "llama_cache": cached("LlamaForCausalLM", ("Llama", LLAMA)),
    "whisper": network("WhisperModel", ("Whisper", WHISPER), ["last_hidden_state"],
                       lambda: {"input_features": torch.randn(
                           1, 80, 300, generator=torch.Generator().manual_seed(5)),
                                "decoder_input_ids": tokens(6, 5000)}),
    "detr": network("DetrForObjectDetection", ("Detr", DETR), ["logits", "pred_boxes"],
                    lambda: {"pixel_values": image(224)}),
    "t5_encoder": network("T5EncoderModel", ("T5", T5), ["last_hidden_state"],
                          words(40, 40, 5000)),
    "wav2vec2": network("Wav2Vec2Model", ("Wav2Vec2", SPEECH), ["last_hidden_state"],
                        lambda: {"input_values": audio(16000)[0]}),
    "wav2vec2_conformer": network("Wav2Vec2ConformerModel", ("Wav2Vec2Conformer", SPEECH),
                                  ["last_hidden_state"],
                                  lambda: {"input_values": audio(16000)[0]}),
    "segformer_b0": network("SegformerForSemanticSegmentation", ("Segformer", {}), ["logits"],
                            lambda: {"pixel_values": image(256)}, pictured),
    "mobilevit": network("MobileViTForImageClassification",
                         ("MobileViT", {"hidden_sizes": [96, 120, 144]}), ["logits"],
                         lambda: {"pixel_values": image(256)}, pictured),
}

REFUSED = {("whisper", "torchscript"): "it has no aten::diff"}
OPSETS = {("llama", "dynamo"): [20, 23]}
DYNAMIC = {"distilbert": {0: "batch", 1: "length"}, "gpt2": {0: "batch", 1: "length"}}
