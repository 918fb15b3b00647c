#pragma once

/// The version of the library; CMake reads it from here, so this is the only place to change it.
#define SIMULACRA_VERSION_MAJOR 0
#define SIMULACRA_VERSION_MINOR 1
#define SIMULACRA_VERSION_PATCH 0
#define SIMULACRA_VERSION_STRING "0.1.0"
