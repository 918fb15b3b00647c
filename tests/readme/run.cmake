# Runs a program of a page, and compares what it prints with what the page says.
#   cmake -DPROGRAM=<program> -DPRINTS=<file, may be missing> -DWORK=<folder> -P run.cmake
cmake_minimum_required(VERSION 3.25)
file(MAKE_DIRECTORY "${WORK}")
execute_process(COMMAND "${PROGRAM}" WORKING_DIRECTORY "${WORK}" OUTPUT_VARIABLE printed RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${code}, having printed\n${printed}")
endif()
if(EXISTS "${PRINTS}")
  file(READ "${PRINTS}" said)
  if(NOT said STREQUAL printed)
    message(FATAL_ERROR "the page says\n${said}\nand the program prints\n${printed}")
  endif()
endif()
