#!/bin/sh
# Puts what a make target needs into .venv, once: `infra/local/setup.sh local|dev|bench`.
# Everything from the lock file, as wheels; the machine's own Python packages are never touched.
set -eu
cd "$(dirname "$0")/../.."

UV_VERSION=0.13.9
GROUP=${1:?which group: local, dev or bench}
PYTHON=.venv/bin/python
LOG=.local/logs/setup.log

give_up() {
    echo "RedLine cannot be set up: $1" >&2
    exit 2
}

wanted() {
    { echo "uv $UV_VERSION"; cat pyproject.toml uv.lock; } | cksum
}

is_done() {
    [ -x "$PYTHON" ] && [ "$(cat ".venv/.done-$1" 2>/dev/null)" = "$(wanted)" ]
}

# --- a Python that is new enough and can make a venv ---

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

can_make_a_venv() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

find_python() {
    new_enough=''
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        is_new_enough "$candidate" || continue
        new_enough=${new_enough:-$candidate}
        if can_make_a_venv "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    [ -n "$new_enough" ] || give_up "it needs Python 3.11 or newer (python3 or python3.11 to python3.14)."
    give_up "$new_enough has no venv module: install it (on Debian and Ubuntu: apt install python3-venv)."
}

# An interrupted attempt may have left half a venv.
venv_is_whole() {
    [ -x "$PYTHON" ] && is_new_enough "$PYTHON" && { has_uv || "$PYTHON" -m pip --version >/dev/null 2>&1; }
}

make_venv() {
    rm -rf .venv
    "$1" -m venv .venv >>"$LOG" 2>&1 || give_up "$1 -m venv did not work (details: $LOG)."
}

# --- uv inside it, and the packages of the group ---

explain() {
    if grep -qiE 'connect|name resolution|resolve host|max retries|timed out|timeout|unreachable|proxy|could not find a version|dns' "$LOG"; then
        give_up "the Python package registry cannot be reached (details: $LOG)."
    fi
    give_up "the packages could not be installed (details: $LOG)."
}

install_uv() {
    "$PYTHON" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 20 \
        --only-binary :all: "uv==$UV_VERSION" >>"$LOG" 2>&1 || explain
}

has_uv() {
    [ "$(.venv/bin/uv --version 2>/dev/null | cut -d ' ' -f 2)" = "$UV_VERSION" ]
}

install_group() {
    # Inexact: what another target needs stays, and so does uv itself.
    env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=.venv UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-30}" \
        .venv/bin/uv sync --quiet --frozen --no-build --inexact --no-python-downloads --python "$PYTHON" \
        --no-default-groups --group "$GROUP" >>"$LOG" 2>&1 || explain
}

# What the tests need holds what a local run needs.
if is_done "$GROUP" || { [ "$GROUP" = local ] && is_done dev; }; then
    exit 0
fi
mkdir -p .local/logs
: >"$LOG"
if ! venv_is_whole; then
    CHOSEN=$(find_python)
    echo "Setting up .venv with $CHOSEN ..."
    make_venv "$CHOSEN"
fi
echo "Installing Python packages ($GROUP), a minute or so the first time ..."
has_uv || install_uv
install_group
wanted >".venv/.done-$GROUP"
