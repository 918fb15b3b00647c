#!/usr/bin/env bash
# Installs what is missing, on Debian and its relatives, and nothing when nothing is.
#   scripts/setup.sh [test|figures|bench|mpi|docs|ci]...        (test, when nothing is said)
# Elsewhere it names what is missing and stops. SIMULACRA_NO_SETUP=1 skips it altogether.
source "$(dirname "$0")/lib.sh"
[[ -z ${SIMULACRA_NO_SETUP:-} ]] || exit 0

# A thing is here when a command is found or, for a library, when one of its files is.
has_file() {
  local prefix path
  for prefix in ${CMAKE_PREFIX_PATH:+${CMAKE_PREFIX_PATH//[:;]/ }} /usr /usr/local /opt/homebrew /opt/local; do
    for path in "$@"; do
      # compgen rather than ls: it also expands the pattern, and is quiet
      compgen -G "$prefix/$path" >/dev/null && return 0
    done
  done
  return 1
}
here() {
  case $1 in
    g++) command -v "${CXX:-c++}" >/dev/null ;;
    cmake) command -v cmake >/dev/null ;;
    ninja-build) command -v ninja >/dev/null ;;
    gnuplot-nox) command -v gnuplot >/dev/null ;;
    pkg-config) command -v pkg-config >/dev/null || command -v pkgconf >/dev/null ;;
    clang-14) command -v clang++-14 >/dev/null ;;
    libeigen3-dev) has_file 'share/eigen3/cmake/Eigen3Config.cmake' 'lib*/cmake/eigen3/Eigen3Config.cmake' ;;
    libboost-dev) has_file 'lib*/cmake/Boost-*/BoostConfig.cmake' 'lib/*/cmake/Boost-*/BoostConfig.cmake' ;;
    doctest-dev) has_file 'lib*/cmake/doctest/doctestConfig.cmake' 'lib/*/cmake/doctest/doctestConfig.cmake' ;;
    pandoc | doxygen | perl) command -v "$1" >/dev/null ;;
    libopenmpi-dev) has_file 'lib/*/openmpi/include/mpi.h' 'include/mpi.h' 'lib*/mpi.h' ;;
    openmpi-bin) command -v mpirun >/dev/null ;;
    libbenchmark-dev) has_file 'lib*/cmake/benchmark/benchmarkConfig.cmake' 'lib/*/cmake/benchmark/benchmarkConfig.cmake' ;;
    *) die "setup.sh does not know $1" ;;
  esac
}

library=(g++ cmake ninja-build libeigen3-dev libboost-dev)
wanted=()
for purpose in "${@:-test}"; do
  case $purpose in
    test) wanted+=("${library[@]}" doctest-dev) ;;
    figures) wanted+=("${library[@]}" gnuplot-nox) ;;
    bench) wanted+=("${library[@]}" libbenchmark-dev) ;;
    mpi) wanted+=("${library[@]}" doctest-dev libopenmpi-dev openmpi-bin) ;;
    docs) wanted+=(pandoc doxygen perl) ;;
    ci) wanted+=("${library[@]}" doctest-dev libbenchmark-dev gnuplot-nox pkg-config clang-14) ;;
    *) die "unknown purpose '$purpose'; there are: test figures bench mpi docs ci" ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  if ! here "$package" && [[ " ${missing[*]-} " != *" $package "* ]]; then missing+=("$package"); fi
done

if (( ${#missing[@]} )); then
  command -v apt-get >/dev/null ||
    die "missing: ${missing[*]} (named as on Debian). Please install them with your system's package manager; CMake finds
them by their config files, so a folder of your own in CMAKE_PREFIX_PATH serves too."
  as_root=()
  if (( EUID != 0 )); then
    command -v sudo >/dev/null || die "missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"; }
  install() { apt install -y --no-install-recommends "${missing[@]}"; }

  say "installing ${missing[*]}"
  # Package lists are fetched when there are none, and again when what they name cannot be had any more.
  if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
    apt update
    install
  elif ! install; then
    apt update
    install
  fi
  for package in "${missing[@]}"; do here "$package" || die "$package is installed, but not where it was expected"; done
fi

command -v cmake >/dev/null || exit 0  # what was asked for needs none
version=$(cmake --version | awk 'NR == 1 { print $3 }')
oldest=$(printf '3.25\n%s\n' "$version" | sort -V | head -n 1)
[[ $oldest == 3.25 ]] || die "CMake 3.25 or newer is needed, and this is $version"
