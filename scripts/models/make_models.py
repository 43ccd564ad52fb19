# SPDX-License-Identifier: Apache-2.0
"""Makes the models that compare_models.py compares; what a folder already has is left alone.

usage: python make_models.py FOLDER [PATTERN]      needs what scripts/compare_models.sh installs

All of them take 6 GB. PATTERN selects by name, as in compare_models.py, and with a derived model
the one that it is made of.
"""
import fnmatch
import logging
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import derived_models  # noqa: E402
import export  # noqa: E402
import hub_models  # noqa: E402
import packaged_models  # noqa: E402
import torch_models  # noqa: E402

folder = Path(sys.argv[1])
pattern = sys.argv[2] if len(sys.argv) > 2 else "*"


def wanted(stem):
    return fnmatch.fnmatch(stem, pattern)


sources = {source for source, stem in derived_models.stems() if wanted(stem)}
folder.mkdir(parents=True, exist_ok=True)
packaged_models.collect(folder, wanted)
for models in (torch_models, hub_models):
    export.export_all(folder, models, lambda stem: wanted(stem) or stem in sources)
derived_models.derive_all(folder, wanted)
