# One mistake that must not compile.
#   cmake -DCOMPILER=c++ -DFOLDERS=a;b -DSOURCE=case.cpp -P check.cmake
#
#   // must not compile: <why it is a mistake>
#   // expect: <regular expression, as CMake reads it, that the compiler's words must match>
#   // first: <why the first error must match it>                                            (may be left out)
#   #include <simulacra/...>
#   ... code, and best with the remedy beside it:
#   #ifdef CORRECTED
#   ... what the user should have written: must compile, so that nothing but the mistake can be what fails
#   #else
#   ... the mistake
#   #endif
cmake_minimum_required(VERSION 3.25)
file(READ "${SOURCE}" text)
if(NOT text MATCHES "^// must not compile: ([^\n]+)\n// expect: ([^\n]+)\n")
  message(FATAL_ERROR "${SOURCE} does not begin with '// must not compile: ...' and '// expect: ...'")
endif()
set(reason "${CMAKE_MATCH_1}")
set(expected "${CMAKE_MATCH_2}")

set(flags -std=c++20 -fsyntax-only)
foreach(folder IN LISTS FOLDERS)
  list(APPEND flags "-I${folder}")
endforeach()

if(text MATCHES "#ifdef CORRECTED\n")
  execute_process(COMMAND "${COMPILER}" ${flags} -DCORRECTED "${SOURCE}" RESULT_VARIABLE code ERROR_VARIABLE said)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "the corrected program must compile, and does not:\n${said}")
  endif()
endif()

execute_process(COMMAND "${COMPILER}" ${flags} "${SOURCE}" RESULT_VARIABLE code ERROR_VARIABLE said)
if(code EQUAL 0)
  message(FATAL_ERROR "it compiles, and must not: ${reason}")
endif()
if(NOT said MATCHES "${expected}")
  message(FATAL_ERROR "it is refused (${reason}), but nothing in these words matches '${expected}':\n${said}")
endif()
string(REGEX MATCH "[^\n]*error:[^\n]*" first "${said}")
if(text MATCHES "\n// first: " AND NOT first MATCHES "${expected}")
  message(FATAL_ERROR "'${expected}' must be in the first error, which is:\n${first}")
endif()
message(STATUS "refused, as it should be: ${reason}\n   ${first}")
