# Runs after a test program is linked, and before its cases are handed to ctest: are their names ones that survive the way
# there, through CMake's lists and doctest's filters?
#   cmake -DPROGRAM=<program> -P check_names.cmake
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND "${PROGRAM}" --list-test-cases --no-colors=true OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
# Out of the way of CMake's own lists, while we look.
foreach(pair IN ITEMS "[=<bracket>" "]=<bracket>" "\\=<backslash>")
  string(SUBSTRING "${pair}" 0 1 from)
  string(SUBSTRING "${pair}" 2 -1 to)
  string(REPLACE "${from}" "${to}!" listed "${listed}")
endforeach()
string(REPLACE ";" "<semicolon>!" listed "${listed}")
string(REPLACE "\n" ";" listed "${listed}")
set(faults "")
set(seen "")
foreach(name IN LISTS listed)
  if(name MATCHES "^(<bracket>!doctest|=====)" OR name STREQUAL "")
    continue()
  endif()
  # A templated case ends in <type>, and what is in there is the compiler's business.
  string(REGEX REPLACE "<[A-Za-z0-9 _:,<>*&()-]*>$" "" plain "${name}")
  if(NOT plain MATCHES "^[A-Za-z0-9 _./:<>,'()%+=-]+$")
    string(APPEND faults "\n  '${name}' has a character other than A-Z a-z 0-9 space _ . / : < > , ' ( ) % + = -")
  endif()
  string(TOLOWER "${name}" lower)  # filters do not see the case
  if(lower IN_LIST seen)
    string(APPEND faults "\n  '${name}' is the name of two test cases")
  endif()
  list(APPEND seen "${lower}")
endforeach()
if(faults)
  file(REMOVE "${PROGRAM}")  # so that the next build does not take it for good
  message(FATAL_ERROR "faults in the names of the test cases of ${PROGRAM}:${faults}")
endif()
