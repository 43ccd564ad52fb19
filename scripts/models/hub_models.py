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

REFUSED = {}
OPSETS = {("llama", "dynamo"): [20, 23]}
DYNAMIC = {"distilbert": {0: "batch", 1: "length"}, "gpt2": {0: "batch", 1: "length"}}
