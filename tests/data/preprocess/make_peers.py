# SPDX-License-Identifier: Apache-2.0
"""Writes variants/ and peers.npz: what Pillow and OpenCV make of images that the oracles lack."""
import os

import cv2
import numpy as np
from PIL import Image, ImageOps

here = os.path.dirname(os.path.abspath(__file__))
variants = os.path.join(here, "variants")
os.makedirs(variants, exist_ok=True)
peers = {}

# Decoding: kinds of PNG and JPEG that the oracle images are not.
rng = np.random.default_rng(20260900)
rgb = rng.integers(0, 256, (13, 17, 3), dtype=np.uint8)
gray = rgb[:, :, 0].copy()


def keep(name, image, expected=None, **options):
    path = os.path.join(variants, name)
    if image is not None:
        image.save(path, **options)
    if expected is None:
        expected = np.asarray(Image.open(path).convert("RGB"))
    peers[name + "/rgb"] = expected


keep("bits1.png", Image.fromarray(gray > 127))
palette = Image.fromarray(rgb).quantize(16)
keep("palette4.png", palette, bits=4)
keep("palette8_trns.png", Image.fromarray(rgb).quantize(200), transparency=bytes(range(200)))
keep("gray_alpha.png", Image.merge("LA", [Image.fromarray(gray), Image.fromarray(rgb[:, :, 1])]))
keep("gray_trns.png", Image.fromarray(gray), transparency=7)
smooth = cv2.resize(rgb[:4, :5], (17, 13), interpolation=cv2.INTER_CUBIC)
keep("gray.jpg", Image.fromarray(smooth[:, :, 0]), quality=90)
keep("progressive.jpg", Image.fromarray(smooth), quality=90, progressive=True)
Image.fromarray(smooth).convert("CMYK").save(os.path.join(variants, "cmyk.jpg"))

# 16 bits: the high byte (OpenCV writes them; Pillow reads 16-bit gray as it is, not as bytes).
deep = rng.integers(0, 65536, (13, 17, 3), dtype=np.uint16)
cv2.imwrite(os.path.join(variants, "bits16_rgb.png"), deep[:, :, ::-1])
keep("bits16_rgb.png", None)
cv2.imwrite(os.path.join(variants, "bits16_gray.png"), deep[:, :, 0])
keep("bits16_gray.png", None, np.repeat((deep[:, :, :1] >> 8).astype(np.uint8), 3, axis=2))

# EXIF orientations, in both byte orders and formats.
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    if orientation % 2:
        exif.endian = ">"
    name = f"orientation{orientation}.png"
    Image.fromarray(rgb).save(os.path.join(variants, name), exif=exif)
    peers[name + "/upright"] = np.asarray(
        ImageOps.exif_transpose(Image.open(os.path.join(variants, name))))
photo = Image.open(os.path.join(here, "images", "exif_orient6_37x50.jpg"))
peers["exif_orient6_37x50.jpg/upright"] = np.asarray(ImageOps.exif_transpose(photo))

# Resizing: sizes with odd ratios, both up and down, mixed, halves and thirds.
astronaut = np.asarray(Image.open(os.path.join(here, "images", "astronaut_96x128.png")))
sizes = [(27, 31), (48, 64), (32, 32), (96, 50), (70, 128), (131, 151), (40, 200), (120, 33)]
for h, w in sizes:
    image = Image.fromarray(astronaut)
    for name, mode in [("nearest", Image.NEAREST), ("bilinear", Image.BILINEAR),
                       ("bicubic", Image.BICUBIC)]:
        peers[f"pil/{name}/{h}x{w}"] = np.asarray(image.resize((w, h), mode))
    for name, mode in [("nearest", cv2.INTER_NEAREST), ("bilinear", cv2.INTER_LINEAR),
                       ("area", cv2.INTER_AREA)]:
        peers[f"opencv/{name}/{h}x{w}"] = cv2.resize(astronaut, (w, h), interpolation=mode)
peers["pil/gray"] = np.asarray(Image.fromarray(astronaut).convert("L"))

np.savez_compressed(os.path.join(here, "peers.npz"), **peers)
