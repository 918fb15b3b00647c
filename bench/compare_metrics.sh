#!/usr/bin/env bash
# The speed of distances between samples as ratios to scikit-learn and SciPy, each measured in turns with ours in one run, with full
# optimisation for this machine and with plain -O2. Peers that are not installed are left out.
#   bench/compare_metrics.sh [folder for compare_metrics.csv]
# Environment: CXX, ROUNDS (3), SECONDS_EACH (0.3), BUILD (where programs go).
set -euo pipefail
table=compare_metrics
source "$(dirname "$0")/peers/ratios.sh" "$@"

# MMD^2 with the Gaussian kernel, and W_1 on the line, two samples of n each. By task and size: `metrics write` makes the data.
compile metrics
peer_metrics="$here/peers/metrics_python.py"
data() { "$build/metrics_native" write "$1" "$2" "$build/samples"; }

for d in 2 10; do
  data $d 10000
  sklearn "MMD^2, d = $d, n = 1e4" 'scikit-learn rbf_kernel' 8 - 1e-9 metrics mmd "$build/samples" "$each" -- \
    "$python_sklearn" "$peer_metrics" mmd "$build/samples" "$each"
done
for n in 10000 1000000; do
  data 1 $n
  scipy "W_1, n = $n" SciPy 5 - 1e-12 metrics wasserstein "$build/samples" "$each" -- \
    "$python_scipy" "$peer_metrics" wasserstein "$build/samples" "$each"
done
