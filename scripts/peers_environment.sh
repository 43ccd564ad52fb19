# SPDX-License-Identifier: Apache-2.0
# Sourced by the comparisons with other tools: makes a virtual environment in the build folder with
# the packages given (several GB where torch is among them) and sets $python. Needs the root of the
# repository as the working folder.
peers=build/peers
python=$peers/bin/python

peersEnvironment() {
  if [[ ! -x $python ]]; then
    echo "installing $* into $peers"
    python3 -m venv "$peers"
  fi
  "$peers/bin/pip" install --quiet "$@"
}
