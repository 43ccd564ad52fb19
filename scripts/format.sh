#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Formats all sources, or with --check fails on the first difference.
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(find analysis app gpu widgets tests resources -name '*.h' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' 2>/dev/null)
if [[ "${1:-}" == --check ]]; then
  clang-format --dry-run -Werror "${files[@]}"
else
  clang-format -i "${files[@]}"
fi
