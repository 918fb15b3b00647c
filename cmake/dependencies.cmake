# What every user of the library needs: Eigen, the headers of Boost, threads.

# Unversioned on purpose: asked for "3.4", Eigen 5 says that it is incompatible. The lower bound is checked by hand.
find_package(Eigen3 CONFIG REQUIRED)
if(Eigen3_VERSION VERSION_LESS 3.4)
  message(FATAL_ERROR "simulacra needs Eigen 3.4 or newer, and found ${Eigen3_VERSION} in ${Eigen3_DIR}")
endif()

# CONFIG, because newer versions of CMake have no FindBoost. Only headers are used; nothing of Boost is linked.
find_package(Boost 1.74 CONFIG REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
