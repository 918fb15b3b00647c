# Draws docs/images/architecture.svg from the includes themselves: the rooms, one above the other as they include each other, and the way
# of one experiment through them.
#   cmake [-DCHECK=ON] -P scripts/architecture.cmake
# CHECK=ON: fails unless the picture in the tree is the one that would be drawn, and docs/architecture.md has a line for each header of
# the rooms that it describes.
cmake_minimum_required(VERSION 3.25)
get_filename_component(top "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(picture "${top}/docs/images/architecture.svg")
set(include "${top}/include/simulacra")

# The way of one experiment, in order: header, what happens there.
set(way
  "recursion/experiment.hpp|truth, estimator, recipe and decoder stand in one value"
  "ensemble/ensemble.hpp|every replicate gets a key and runs one lineage"
  "recursion/lineage.hpp|the loop: gather, fit, observe, again"
  "recursion/recipes.hpp|says what generation t is trained on: a list of ingredients"
  "recursion/pantry.hpp|finds what the list refers to, and forgets what no list can want"
  "recursion/draw_from.hpp|draws what is fresh: observations, a summary, or its law"
  "random/stream.hpp|from a stream of its own, addressed by seed, replicate, generation"
  "summary/moments.hpp|observations become a summary, where the estimator eats one"
  "families/gaussian/estimator.hpp|the fit: a model and how it went, an outcome"
  "ledger/ledger.hpp|an observer: this generation's error, split and exact"
  "ensemble/recorder.hpp|a row for each generation and replicate"
  "ensemble/band.hpp|means and quantiles, each with its Monte Carlo error"
  "io/table.hpp|beside theory, in a file")

# Who includes whom, by room.
file(GLOB_RECURSE headers RELATIVE "${include}" "${include}/*.hpp")
list(SORT headers)
set(rooms "")
foreach(header IN LISTS headers)
  if(NOT header MATCHES "^([^/]+)/")
    continue()
  endif()
  set(room "${CMAKE_MATCH_1}")
  list(APPEND rooms "${room}")
  file(STRINGS "${include}/${header}" lines REGEX "^#include <simulacra/[^/>]+/")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "<simulacra/([^/>]+)/" found "${line}")
    if(NOT CMAKE_MATCH_1 STREQUAL room)
      list(APPEND uses_${room} "${CMAKE_MATCH_1}")
    endif()
  endforeach()
endforeach()
list(REMOVE_DUPLICATES rooms)
foreach(room IN LISTS rooms)
  list(REMOVE_DUPLICATES uses_${room})
endforeach()

# A room stands one floor above the highest that it includes.
set(left ${rooms})
set(highest 0)
while(left)
  set(waiting "")
  foreach(room IN LISTS left)
    set(floor 0)
    foreach(lower IN LISTS uses_${room})
      if(lower IN_LIST left)
        set(floor -1)
        break()
      elseif(floor LESS_EQUAL floor_${lower})
        math(EXPR floor "${floor_${lower}} + 1")
      endif()
    endforeach()
    if(floor EQUAL -1)
      list(APPEND waiting "${room}")
      continue()
    endif()
    set(floor_of_${room} ${floor})
    list(APPEND settled "${room}")
  endforeach()
  if(waiting STREQUAL left)
    message(FATAL_ERROR "rooms include each other: ${left}")
  endif()
  foreach(room IN LISTS left)  # only now, so that a floor does not depend on the order of names
    if(NOT room IN_LIST waiting)
      set(floor_${room} ${floor_of_${room}})
      list(APPEND on_floor_${floor_${room}} "${room}")
      if(floor_${room} GREATER highest)
        set(highest ${floor_${room}})
      endif()
    endif()
  endforeach()
  set(left ${waiting})
endwhile()

# All that a room reaches, so that an arrow is drawn only where no longer way says the same.
foreach(floor RANGE ${highest})
  foreach(room IN LISTS on_floor_${floor})
    set(reaches_${room} "")
    foreach(lower IN LISTS uses_${room})
      list(APPEND reaches_${room} ${lower} ${reaches_${lower}})
    endforeach()
    list(REMOVE_DUPLICATES reaches_${room})
  endforeach()
endforeach()

set(width 124)
set(height 42)
set(step_x 148)
set(step_y 84)
set(most 0)
foreach(floor RANGE ${highest})
  list(LENGTH on_floor_${floor} n)
  if(n GREATER most)
    set(most ${n})
  endif()
endforeach()
math(EXPR total "${most} * ${step_x}")
math(EXPR bottom "(${highest} + 1) * ${step_y} + 24")
foreach(floor RANGE ${highest})
  list(LENGTH on_floor_${floor} n)
  math(EXPR x "16 + (${total} - ${n} * ${step_x}) / 2 + (${step_x} - ${width}) / 2")
  math(EXPR y "24 + (${highest} - ${floor}) * ${step_y}")
  foreach(room IN LISTS on_floor_${floor})
    set(x_${room} ${x})
    set(y_${room} ${y})
    math(EXPR x "${x} + ${step_x}")
  endforeach()
endforeach()

set(arrows "")
set(boxes "")
foreach(room IN LISTS rooms)
  math(EXPR from_x "${x_${room}} + ${width} / 2")
  math(EXPR from_y "${y_${room}} + ${height}")
  foreach(lower IN LISTS uses_${room})
    set(short TRUE)
    foreach(other IN LISTS uses_${room})
      if(NOT other STREQUAL lower AND lower IN_LIST reaches_${other})
        set(short FALSE)
      endif()
    endforeach()
    if(short)
      math(EXPR to_x "${x_${lower}} + ${width} / 2")
      math(EXPR to_y "${y_${lower}}")
      math(EXPR bend_1 "${from_y} + 24")
      math(EXPR bend_2 "${to_y} - 24")
      string(APPEND arrows
        "  <path class=\"arrow\" d=\"M ${from_x} ${from_y} C ${from_x} ${bend_1}, ${to_x} ${bend_2}, ${to_x} ${to_y}\" marker-end=\"url(#tip)\"/>\n")
    endif()
  endforeach()
  math(EXPR name_y "${y_${room}} + 26")
  string(APPEND boxes
    "  <rect x=\"${x_${room}}\" y=\"${y_${room}}\" width=\"${width}\" height=\"${height}\" rx=\"6\"/>\n"
    "  <text class=\"name\" x=\"${from_x}\" y=\"${name_y}\">${room}</text>\n")
endforeach()

# The way: numbered marks on the rooms, and what each number is, on the right.
math(EXPR legend_x "${total} + 56")
set(legend "")
set(number 0)
foreach(step IN LISTS way)
  math(EXPR number "${number} + 1")
  string(REGEX MATCH "^(([^/]+)/[^|]+)\\|(.*)$" found "${step}")
  set(header "${CMAKE_MATCH_1}")
  set(room "${CMAKE_MATCH_2}")
  set(what "${CMAKE_MATCH_3}")
  if(NOT header IN_LIST headers)
    message(FATAL_ERROR "the way leads through ${header}, which is not there")
  endif()
  if(NOT DEFINED marks_${room})
    set(marks_${room} 0)
  endif()
  math(EXPR mark_x "${x_${room}} + 6 + ${marks_${room}} * 22")
  math(EXPR mark_y "${y_${room}} - 2")
  math(EXPR digit_y "${mark_y} + 4")
  math(EXPR marks_${room} "${marks_${room}} + 1")
  string(APPEND boxes
    "  <circle cx=\"${mark_x}\" cy=\"${mark_y}\" r=\"10\"/>\n  <text class=\"mark\" x=\"${mark_x}\" y=\"${digit_y}\">${number}</text>\n")
  math(EXPR line_y "20 + ${number} * 46")
  math(EXPR circle_y "${line_y} - 4")
  math(EXPR text_x "${legend_x} + 20")
  math(EXPR second_y "${line_y} + 17")
  string(APPEND legend
    "  <circle cx=\"${legend_x}\" cy=\"${circle_y}\" r=\"10\"/>\n  <text class=\"mark\" x=\"${legend_x}\" y=\"${line_y}\">${number}</text>\n"
    "  <text class=\"header\" x=\"${text_x}\" y=\"${line_y}\">${header}</text>\n  <text class=\"what\" x=\"${text_x}\" y=\"${second_y}\">${what}</text>\n")
endforeach()
math(EXPR all_width "${legend_x} + 470")
math(EXPR legend_bottom "40 + ${number} * 46")
if(legend_bottom GREATER bottom)
  set(bottom ${legend_bottom})
endif()

string(CONCAT svg
  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"${all_width}\" height=\"${bottom}\" viewBox=\"0 0 ${all_width} ${bottom}\" role=\"img\" aria-labelledby=\"title\">\n"
  "  <title id=\"title\">The rooms of include/simulacra, who includes whom, and the way of one experiment</title>\n"
  "  <!-- made by scripts/architecture.cmake from the includes -->\n"
  "  <style>\n"
  "    svg { background: #ffffff } text { font-family: sans-serif; fill: #1b1f24 }\n"
  "    .name { font-size: 16px; font-weight: 600; text-anchor: middle }\n"
  "    .header { font-size: 14px; font-family: monospace } .what { font-size: 13px; fill: #57606a }\n"
  "    .mark { font-size: 11px; font-weight: 600; text-anchor: middle; fill: #ffffff } circle { fill: #9a3412 }\n"
  "    rect { fill: #eef4fb; stroke: #1f5f99; stroke-width: 1.5 } .arrow { fill: none; stroke: #8c959f; stroke-width: 1.2 }\n"
  "  </style>\n"
  "  <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M 0 0 L 8 4 L 0 8 z\" fill=\"#8c959f\"/></marker></defs>\n"
  "${arrows}${boxes}${legend}</svg>\n")
if(CHECK)
  file(STRINGS "${top}/docs/architecture.md" lines REGEX "^(## [a-z]+/|\\| `[a-z_]+\\.hpp` )")
  set(described "")
  foreach(line IN LISTS lines)
    if(line MATCHES "^## ([a-z]+/)")
      set(room "${CMAKE_MATCH_1}")
    elseif(line MATCHES "`([a-z_]+\\.hpp)`")
      list(APPEND described "${room}${CMAKE_MATCH_1}")
    endif()
  endforeach()
  set(there ${headers})
  list(FILTER there INCLUDE REGEX "^(recursion|laws|policies|ledger)/[a-z_]+\\.hpp$")
  set(described_and_gone ${described})
  list(REMOVE_ITEM described_and_gone ${there})
  list(REMOVE_ITEM there ${described})
  if(there OR described_and_gone)
    message(FATAL_ERROR "docs/architecture.md has no line for: ${there}; and lines for what is gone: ${described_and_gone}")
  endif()
  file(READ "${picture}" there)
  if(NOT there STREQUAL svg)
    message(FATAL_ERROR "docs/images/architecture.svg is not what the includes say: cmake -P scripts/architecture.cmake")
  endif()
else()
  file(WRITE "${picture}" "${svg}")
  message(STATUS "${picture}")
endif()
