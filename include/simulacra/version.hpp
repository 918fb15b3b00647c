#pragma once

/// The version of the library. CMake reads it from here; a test holds CITATION.cff, the changelog and the README to it.
#define SIMULACRA_VERSION_MAJOR 0
#define SIMULACRA_VERSION_MINOR 2
#define SIMULACRA_VERSION_PATCH 0
#define SIMULACRA_VERSION_STRING "0.2.0"
