# SPDX-License-Identifier: Apache-2.0
"""The torch modules of the model comparison: image models and plain sequence models.

Weights are random, from a seed. Where an initialisation would make activations vanish or explode in
a network that was never trained (batch normalisations without statistics, heads and layer scales
that start at zero), it is mended here, so that a comparison of outputs says something.
"""
import math

import torch
import torchvision
from torch import nn


def image(size, seed=1):
    """A smooth picture with some noise, 1x3xSIZExSIZE, about normalised."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.randn(1, 3, 8, 8, generator=generator)
    smooth = nn.functional.interpolate(coarse, (size, size), mode="bicubic")
    return smooth + 0.1 * torch.randn(1, 3, size, size, generator=generator)


def settled(model, size=224):
    """Gives every batch normalisation the statistics of a few pictures, as training would."""
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the average of all batches
    model.eval()
    for norm in norms:
        norm.train()
    with torch.no_grad():
        model(torch.cat([image(size, seed) for seed in range(2, 6)]))
    return model.eval()


def lively(model):
    """Heads that start at zero and layer scales of 1e-6, made to count."""
    for name, parameter in model.named_parameters():
        if "layer_scale" in name:
            nn.init.constant_(parameter, 0.3)
        elif parameter.dim() > 1 and not parameter.any():
            nn.init.normal_(parameter, std=1 / math.sqrt(parameter[0].numel()))
    return model.eval()


class Segmented(nn.Module):
    """DeepLab and its like give a dictionary; exporters want tensors."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x)["out"]


class Detector(nn.Module):
    """A torchvision detector for one picture: boxes, scores, labels."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        found = self.model([x[0]])[0]
        return found["boxes"], found["scores"], found["labels"]


class StaticDetector(nn.Module):
    """SSD-Lite with as many candidates whatever the picture shows: torchvision's own choice of
    them depends on the scores, which torch.export cannot follow."""

    def __init__(self, detector):
        super().__init__()
        self.model = detector.model

    def forward(self, x):
        images, _ = self.model.transform([x[0]])
        features = list(self.model.backbone(images.tensors).values())
        head = self.model.head(features)
        anchors = self.model.anchor_generator(images, features)[0]
        boxes = self.model.box_coder.decode_single(head["bbox_regression"][0], anchors)
        boxes = torchvision.ops.clip_boxes_to_image(boxes, (320, 320))
        scores = head["cls_logits"][0].softmax(-1)[:, 1:]
        best, at = scores.flatten().topk(400)
        labels, boxes = at % 90 + 1, boxes[at // 90]
        keep = torchvision.ops.nms(boxes + labels[:, None] * 1000.0, best, 0.55)
        keep = keep[at[keep].argsort()]  # in an order that close scores do not change
        return boxes[keep], best[keep], labels[keep]


def detector(model):
    """Class scores spread widely, so that rounding seldom decides which of two boxes is first."""
    backbone = model.backbone
    settled(backbone, 320)
    for name, parameter in model.named_parameters():
        if parameter.dim() > 1 and ("cls" in name or "classification_head" in name):
            parameter.data *= 4
    return Detector(model).eval()


class Tagger(nn.Module):
    """Embedding, bidirectional recurrent layers, linear: tags of a sentence."""

    def __init__(self, layer):
        super().__init__()
        self.embedding = nn.Embedding(5000, 128)
        self.recurrent = layer(128, 192, num_layers=2, bidirectional=True, batch_first=True)
        self.linear = nn.Linear(384, 17)

    def forward(self, tokens):
        return self.linear(self.recurrent(self.embedding(tokens))[0])


class Encoder(nn.Module):
    """Twelve layers of 768, twelve heads: BERT-base built from torch's own layers."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(30522, 768)
        layer = nn.TransformerEncoderLayer(768, 12, 3072, activation="gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 12, enable_nested_tensor=False)

    def forward(self, tokens):
        return self.encoder(self.embedding(tokens))


class UNet(nn.Module):
    """Down by pooling and strides, up by ConvTranspose and by two kinds of Resize."""

    def __init__(self):
        super().__init__()

        def block(inputs, outputs):
            return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.GroupNorm(8, outputs),
                                 nn.SiLU(), nn.Conv2d(outputs, outputs, 3, padding=1),
                                 nn.InstanceNorm2d(outputs, affine=True), nn.LeakyReLU(0.1))

        self.down = nn.ModuleList([block(3, 32), block(32, 64), block(64, 128)])
        self.strided = nn.Conv2d(64, 64, 3, stride=2, padding=1)
        self.middle = block(128, 256)
        self.transposed = nn.ConvTranspose2d(256, 128, 2, stride=2)
        self.up = nn.ModuleList([block(256, 128), block(192, 64), block(96, 32)])
        self.head = nn.Conv2d(32, 4, 1)

    def forward(self, x):
        a = self.down[0](x)
        b = self.down[1](nn.functional.max_pool2d(a, 2))
        c = self.down[2](self.strided(b))
        x = self.middle(nn.functional.avg_pool2d(c, 2))
        x = self.up[0](torch.cat([self.transposed(x), c], 1))
        x = nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
        x = self.up[1](torch.cat([x, b], 1))
        x = nn.functional.interpolate(x, size=a.shape[2:], mode="nearest")
        return torch.sigmoid(self.head(self.up[2](torch.cat([x, a], 1))))


class Boxes(nn.Module):
    """A detector as those of the YOLO family: three strides from nearest-neighbour upsampling,
    distances as expectations of a distribution, non-maximum suppression by class."""

    def __init__(self, classes=20):
        super().__init__()

        def block(inputs, outputs, kernel=3, stride=1):
            convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
            return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.SiLU())

        self.stem = nn.Sequential(block(3, 16, 3, 2), block(16, 32, 3, 2), block(32, 64, 3, 2))
        self.down = nn.ModuleList([block(64, 128, 3, 2), block(128, 128, 3, 2)])
        self.pyramid = block(512, 128, 1)
        self.up = nn.ModuleList([block(256, 64), block(128, 64)])
        self.heads = nn.ModuleList(nn.Conv2d(c, 64 + classes, 1) for c in (64, 64, 128))

    def features(self, x):
        fine = self.stem(x)
        middle = self.down[0](fine)
        pooled = [self.down[1](middle)]
        for _ in range(3):
            pooled.append(nn.functional.max_pool2d(pooled[-1], 5, 1, 2))
        coarse = self.pyramid(torch.cat(pooled, 1))

        def joined(from_coarser, finer):
            return torch.cat([nn.functional.interpolate(from_coarser, scale_factor=2), finer], 1)

        middle = self.up[0](joined(coarse, middle))
        fine = self.up[1](joined(middle, fine))
        return fine, middle, coarse

    def forward(self, x):
        boxes, scores = [], []
        for feature, head, stride in zip(self.features(x), self.heads, (8, 16, 32)):
            distances, classes = head(feature)[:1].flatten(2).split([64, 20], 1)
            bins = torch.arange(16.0).reshape(1, 1, 16, 1)
            left, top, right, bottom = (distances.reshape(1, 4, 16, -1).softmax(2) * bins).sum(2)[0]
            rows, columns = torch.meshgrid(torch.arange(feature.shape[2]) + 0.5,
                                           torch.arange(feature.shape[3]) + 0.5, indexing="ij")
            x0, y0 = columns.flatten(), rows.flatten()
            boxes.append(stride * torch.stack([x0 - left, y0 - top, x0 + right, y0 + bottom], -1))
            scores.append(classes[0].t().sigmoid())
        boxes, scores = torch.cat(boxes), torch.cat(scores)
        best, label = scores.max(1)
        keep = torchvision.ops.batched_nms(boxes, best, label, 0.5)[:50]
        return boxes[keep], best[keep], label[keep]


class Warp(nn.Module):
    """A spatial transformer: an affine grid, GridSample, and a correlation by einsum."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 24, 5, stride=2, padding=2), nn.Softplus(),
                                      nn.Conv2d(24, 32, 3, stride=2, padding=1), nn.Hardtanh())
        self.pose = nn.Linear(32, 6)

    def forward(self, x):
        features = self.features(x)
        pose = 0.2 * torch.tanh(self.pose(features.mean((2, 3)))).reshape(-1, 2, 3)
        pose = pose + torch.tensor([[1.0, 0, 0], [0, 1, 0]])
        grid = nn.functional.affine_grid(pose, features.shape, align_corners=False)
        warped = nn.functional.grid_sample(features, grid, align_corners=False)
        return torch.einsum("bchw,bcij->bhwij", warped[..., ::4, ::4], features[..., ::4, ::4])


class Decoder(nn.Module):
    """Picks the most likely symbol and reads it again, until the end or 20 of them: scripted, so
    that a Loop with an If inside is exported."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(50, 64)
        self.cell = nn.Linear(128, 64)
        self.head = nn.Linear(64, 50)

    def forward(self, start):
        state = torch.zeros(1, 64)
        symbol = start
        scores = torch.zeros(0, 50)
        step = 0
        while step < 20 and int(symbol) != 49:
            state = torch.tanh(self.cell(torch.cat([self.embedding(symbol), state], 1)))
            score = self.head(state)
            if step % 2 == 0:
                score = score * 2
            else:
                score = score + 0.1
            scores = torch.cat([scores, score], 0)
            symbol = score.argmax(1)
            step += 1
        return scores, state


class Keywords(nn.Module):
    """An audio front end (strided convolutions in one dimension, logarithm), then a GRU."""

    def __init__(self):
        super().__init__()
        self.filters = nn.Conv1d(1, 64, 400, stride=160, bias=False)
        self.layers = nn.Sequential(nn.Conv1d(64, 96, 3, padding=1, groups=2), nn.BatchNorm1d(96),
                                    nn.ELU(), nn.Conv1d(96, 96, 5, padding=4, dilation=2),
                                    nn.GELU())
        self.recurrent = nn.GRU(96, 128, batch_first=True)
        self.linear = nn.Linear(128, 12)

    def forward(self, audio):
        bands = torch.log(self.filters(audio).pow(2) + 1e-4)
        states = self.recurrent(self.layers(bands).transpose(1, 2))[0]
        return nn.functional.log_softmax(self.linear(states[:, -1]), -1)


def tokens(count, vocabulary):
    return torch.randint(0, vocabulary, (1, count), generator=torch.Generator().manual_seed(3))


def audio(count):
    time = torch.arange(count) / 16000
    noise = torch.randn(count, generator=torch.Generator().manual_seed(4))
    return (torch.sin(2 * math.pi * (200 + 300 * time) * time) + 0.05 * noise).reshape(1, 1, -1)


def classifier(name, size=224, finish=settled):
    def make():
        model = getattr(torchvision.models, name)()
        return lively(model) if finish is lively else settled(model, size)
    return make, lambda: {"input": image(size)}


def segmentation():
    return settled(Segmented(torchvision.models.segmentation.deeplabv3_resnet50(
        weights=None, weights_backbone=None)), 224)


def ssdlite():
    return detector(torchvision.models.detection.ssdlite320_mobilenet_v3_large(
        weights=None, weights_backbone=None))


def faster_rcnn():
    return detector(torchvision.models.detection.fasterrcnn_mobilenet_v3_large_320_fpn(
        weights=None, weights_backbone=None, box_score_thresh=0.02))


# name: (how to make the module, how to make its inputs)
MODELS = {
    "resnet50": classifier("resnet50"),
    "mobilenet_v2": classifier("mobilenet_v2"),
    "convnext_tiny": classifier("convnext_tiny", finish=lively),
    "swin_t": classifier("swin_t", finish=lively),
    "vit_b_16": classifier("vit_b_16", finish=lively),
    "deeplabv3_resnet50": (segmentation, lambda: {"input": image(224)}),
    "ssdlite320_mobilenet_v3_large": (ssdlite, lambda: {"input": image(320)}),
    "ssdlite320_static": (lambda: StaticDetector(ssdlite()).eval(), lambda: {"input": image(320)}),
    "fasterrcnn_mobilenet_v3_320": (faster_rcnn, lambda: {"input": image(320)}),
    "efficientnet_b0": classifier("efficientnet_b0"),
    "mobilenet_v3_small": classifier("mobilenet_v3_small"),
    "regnet_y_400mf": classifier("regnet_y_400mf"),
    "shufflenet_v2_x1_0": classifier("shufflenet_v2_x1_0"),
    "densenet121": classifier("densenet121"),
    "inception_v3": classifier("inception_v3", 299),
    "squeezenet1_1": classifier("squeezenet1_1"),
    "unet": (lambda: UNet().eval(), lambda: {"input": image(160)}),
    "yolo_boxes": (lambda: settled(Boxes(), 256), lambda: {"images": image(256)}),
    "raft_small": (lambda: torchvision.models.optical_flow.raft_small(weights=None).eval(),
                   lambda: {"first": image(128), "second": image(128, 9)}),
    "warp": (lambda: Warp().eval(), lambda: {"input": image(128)}),
    "transformer_encoder_base": (lambda: Encoder().eval(), lambda: {"tokens": tokens(64, 30522)}),
    "lstm_tagger": (lambda: Tagger(nn.LSTM).eval(), lambda: {"tokens": tokens(40, 5000)}),
    "gru_tagger": (lambda: Tagger(nn.GRU).eval(), lambda: {"tokens": tokens(40, 5000)}),
    "audio_gru": (lambda: Keywords().eval(), lambda: {"audio": audio(16000)}),
    "scripted_decoder": (lambda: torch.jit.script(Decoder().eval()),
                         lambda: {"start": torch.tensor([3])}),
}

# What an exporter cannot do; the others are exported by both, TorchScript's with opset 17 and
# dynamo's with 20.
DATA_DEPENDENT = "torch.export cannot follow a choice that depends on scores"
REFUSED = {
    ("ssdlite320_mobilenet_v3_large", "dynamo"): DATA_DEPENDENT,
    ("fasterrcnn_mobilenet_v3_320", "dynamo"): DATA_DEPENDENT,
    ("yolo_boxes", "dynamo"): DATA_DEPENDENT,
    ("scripted_decoder", "dynamo"): "TorchScript is not for it",
}
OPSETS = {("warp", "torchscript"): [20], ("vit_b_16", "dynamo"): [20, 23],
          ("resnet50", "torchscript"): [11, 17]}
# Exported by both with axes of any extent, too: the batch, and the length of a sequence.
DYNAMIC = {"swin_t": {0: "batch"}, "mobilenet_v3_small": {0: "batch"},
           "lstm_tagger": {0: "batch", 1: "length"}}
