# SPDX-License-Identifier: Apache-2.0
"""Makes the models that compare_models.py compares; what a folder already has is left alone.

usage: python make_models.py FOLDER      needs what scripts/compare_models.sh installs; 6 GB
"""
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
folder.mkdir(parents=True, exist_ok=True)
packaged_models.collect(folder)
export.export_all(folder, torch_models)
export.export_all(folder, hub_models)
derived_models.derive_all(folder)
