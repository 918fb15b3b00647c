# How our own tests, examples and benchmarks are compiled. Users of the library never see any of this.
add_library(simulacra_dev INTERFACE)
target_link_libraries(simulacra_dev INTERFACE simulacra::simulacra)
target_compile_options(simulacra_dev INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wdouble-promotion
  # A fused multiply-add rounds once where the source rounds twice. Off, the same bits come out of every compiler, and out
  # of -march=native as far as our own arithmetic goes.
  -ffp-contract=off
  $<$<BOOL:${SIMULACRA_WERROR}>:-Werror>
  $<$<BOOL:${SIMULACRA_NATIVE}>:-march=native>
  # GCC 12 at -O3 is wrong three times: it takes its own AVX-512 intrinsics for uninitialised reads, by two names (GCC bug 105593), Eigen's
  # wide stores in branches that a 2 x 2 matrix never enters for stores past its end, and copies inside the standard library's
  # strings for overlapping ones (GCC bug 105651).
  $<$<AND:$<BOOL:${SIMULACRA_NATIVE}>,$<CXX_COMPILER_ID:GNU>>:-Wno-uninitialized>
  $<$<AND:$<BOOL:${SIMULACRA_NATIVE}>,$<CXX_COMPILER_ID:GNU>>:-Wno-maybe-uninitialized>
  $<$<AND:$<BOOL:${SIMULACRA_NATIVE}>,$<CXX_COMPILER_ID:GNU>>:-Wno-array-bounds>
  $<$<AND:$<BOOL:${SIMULACRA_NATIVE}>,$<CXX_COMPILER_ID:GNU>>:-Wno-restrict>)
# GCC collects its garbage whenever its memory has grown by a part of what it holds, which took a fifth of the time of a program with a ledger
# (19.0 to 15.2 user seconds at -O1, .82 to 1.06 GB) and an eighth of that of a test of it (30.8 to 26.9). Its code is the same, byte for byte.
# Not where memory is scarce.
cmake_host_system_information(RESULT memory QUERY TOTAL_PHYSICAL_MEMORY)  # in MiB
if(memory GREATER 6000)
  target_compile_options(simulacra_dev INTERFACE
    "$<$<CXX_COMPILER_ID:GNU>:SHELL:--param ggc-min-expand=200 --param ggc-min-heapsize=1048576>")
endif()
set_target_properties(simulacra_dev PROPERTIES CXX_EXTENSIONS OFF)
set(CMAKE_CXX_EXTENSIONS OFF)
