# Whether all who speak of the library's version say the same.
#   cmake -DVERSION=1.2.3 -DSOURCES=<repository> -P check_version.cmake

cmake_minimum_required(VERSION 3.25)
string(REGEX MATCH "^[0-9]+\\.[0-9]+" short "${VERSION}")

# The first line of a file that looks like this, must be that.
function(says file pattern must)
  file(STRINGS "${SOURCES}/${file}" lines REGEX "${pattern}")
  list(POP_FRONT lines line)
  if(NOT line MATCHES "^${must}([^0-9.]|$)")
    message(SEND_ERROR "${file} says '${line}'; it must say '${must}', as include/simulacra/version.hpp does")
  endif()
endfunction()

says(CITATION.cff "^version: " "version: ${VERSION}")
says(CHANGELOG.md "^## [0-9]" "## ${VERSION}")
says(README.md "^find_package\\(simulacra " "find_package\\(simulacra ${short}")
