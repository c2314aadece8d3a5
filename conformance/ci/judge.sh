#!/usr/bin/env bash
# Judges one port in continuous integration. The action, the template for GitLab and the container all run this file.
#
# CALYBRIS_PORT            the command line that starts the port (needed)
# CALYBRIS_PROFILE         core, ledger, log or full; empty: what the port claims
# CALYBRIS_KNOWN_FAILURES  the port's list of known failures
# CALYBRIS_NAME            what the report calls the port
# CALYBRIS_OPTIONS         more options of `calybris-ref conformance run`, such as --twice
# CALYBRIS_OUT             where the report goes (calybris-report)
#
# Ends with the exit code of the judge. The summary goes to GITHUB_STEP_SUMMARY and the outputs to GITHUB_OUTPUT, where
# these are set.
set -euo pipefail
if [[ -z "${CALYBRIS_PORT:-}" ]]; then
  echo "judge.sh: CALYBRIS_PORT is not set; it is the command that starts the port" >&2
  exit 2
fi
out=${CALYBRIS_OUT:-calybris-report}

if ! command -v calybris-ref >/dev/null; then
  source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
  venv=$(mktemp -d)
  echo "installing the judge"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "judge.sh: the judge needs Python 3.11 or later")'
  python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$source"
  # only this command: the port shall find the Python that it expects
  mkdir "$venv/judge" && ln -s "$venv/bin/calybris-ref" "$venv/judge/calybris-ref"
  PATH=$venv/judge:$PATH
fi

options=(--out "$out")
if [[ -n "${CALYBRIS_PROFILE:-}" ]]; then options+=(--profile "$CALYBRIS_PROFILE"); fi
if [[ -n "${CALYBRIS_KNOWN_FAILURES:-}" ]]; then options+=(--known-failures "$CALYBRIS_KNOWN_FAILURES"); fi
if [[ -n "${CALYBRIS_NAME:-}" ]]; then options+=(--name "$CALYBRIS_NAME"); fi
if [[ -n "${CALYBRIS_OPTIONS:-}" ]]; then
  read -ra more <<<"$CALYBRIS_OPTIONS"
  options+=("${more[@]}")
fi

rm -f "$out/report.md" "$out/report.jsonl" "$out/junit.xml" "$out/badge.json" # never the report of an earlier run
code=0
calybris-ref conformance run "${options[@]}" -- bash -c "$CALYBRIS_PORT" || code=$?

if [[ -n "${GITHUB_STEP_SUMMARY:-}" ]]; then
  if [[ -f "$out/report.md" ]]; then
    head -c 900000 "$out/report.md" >>"$GITHUB_STEP_SUMMARY" # a summary may have a mebibyte
  else
    echo "The port was not judged: exit code $code. The log of this step says why." >>"$GITHUB_STEP_SUMMARY"
  fi
fi
if [[ -n "${GITHUB_OUTPUT:-}" ]]; then
  conformant=false
  if [[ $code -eq 0 ]]; then conformant=true; fi
  printf 'exit-code=%s\nconformant=%s\nreport=%s\n' "$code" "$conformant" "$out" >>"$GITHUB_OUTPUT"
fi
exit "$code"
