#!/usr/bin/env bash
# The speed of kernel densities as ratios to scikit-learn and SciPy, each measured in turns with ours in one run, with full
# optimisation for this machine and with plain -O2. Peers that are not installed are left out.
#   bench/compare_kernel.sh [folder for compare_kernel.csv]
# Environment: CXX, ROUNDS (3), SECONDS_EACH (0.3), BUILD (where programs go).
set -euo pipefail
table=compare_kernel
source "$(dirname "$0")/peers/ratios.sh" "$@"

# Kernel densities: Gaussian kernel, as many queries as sources, fit and evaluation.
compile kernel
peer_density="$here/peers/kernel_python.py"
density_data() { "$build/kernel_native" write "$1" "$2" "$build/density"; }

for d in 1 2; do
  density_data $d 10000
  sklearn "exact, d = $d, n = 1e4" 'scikit-learn, rtol 0' 15 - 1e-9 kernel sum "$build/density" "$each" 0 -- \
    "$python_sklearn" "$peer_density" sklearn "$build/density" "$each" 0
  scipy "exact, d = $d, n = 1e4" SciPy 5 - 1e-9 kernel sum "$build/density" "$each" 0 -- \
    "$python_scipy" "$peer_density" scipy "$build/density" "$each" 0
done
density_data 10 10000
sklearn 'exact, d = 10, n = 1e4' 'scikit-learn, rtol 0' 12 - 1e-9 kernel sum "$build/density" "$each" 0 -- \
  "$python_sklearn" "$peer_density" sklearn "$build/density" "$each" 0
scipy 'exact, d = 10, n = 1e4' SciPy 6 - 1e-9 kernel sum "$build/density" "$each" 0 -- \
  "$python_scipy" "$peer_density" scipy "$build/density" "$each" 0

# Their time at 1e5 is that of 1000 queries, a hundred times.
density_data 1 10000
sklearn 'error 1e-10, d = 1, n = 1e4' 'scikit-learn, rtol 1e-4' 500 - 1e-4 kernel sum "$build/density" "$each" 1e-10 -- \
  "$python_sklearn" "$peer_density" sklearn "$build/density" "$each" 1e-4
density_data 1 100000
sklearn 'error 1e-10, d = 1, n = 1e5' 'scikit-learn, rtol 1e-4' 5000 - 1e-4 kernel sum "$build/density" "$each" 1e-10 -- \
  "$python_sklearn" "$peer_density" sklearn "$build/density" "$each" 1e-4 1000
density_data 2 100000
sklearn 'error 1e-4, d = 2, n = 1e5' 'scikit-learn, rtol 1e-4' 200 - 1e-4 kernel sum "$build/density" "$each" 1e-4 -- \
  "$python_sklearn" "$peer_density" sklearn "$build/density" "$each" 1e-4 1000
against 'error 1e-4, d = 2, n = 1e5' 'ours, every pair' 10 - 1e-4 kernel sum "$build/density" "$each" 1e-4 -- \
  "$build/kernel_native" sum "$build/density" "$each" 0
