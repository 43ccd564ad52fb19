# SPDX-License-Identifier: Apache-2.0
# Options and the compile settings shared by every target.
option(CLIPSCOPE_TESTS "Build the tests" ON)
option(CLIPSCOPE_BENCHMARKS "Build the benchmarks (needs Google Benchmark)" ON)
option(CLIPSCOPE_OPENMP "Parallel loops on the OpenMP team that oneDNN uses too" ON)
option(CLIPSCOPE_WERROR "Treat warnings as errors" OFF)
option(CLIPSCOPE_TIDY "Run clang-tidy along with the compiler" OFF)
set(CLIPSCOPE_GUI AUTO CACHE STRING "The window (needs Qt 6 and QCustomPlot): AUTO, ON or OFF")
set_property(CACHE CLIPSCOPE_GUI PROPERTY STRINGS AUTO ON OFF)
set(CLIPSCOPE_SANITIZE "" CACHE STRING "Sanitizers, such as address,undefined or thread")

add_feature_info(openmp CLIPSCOPE_OPENMP "one thread team for oneDNN and our own loops")
add_feature_info(benchmarks CLIPSCOPE_BENCHMARKS "tests/benchmarks with Google Benchmark")
add_feature_info(clang-tidy CLIPSCOPE_TIDY "checks of .clang-tidy at compile time")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3")

find_program(CLIPSCOPE_CCACHE ccache)
if(CLIPSCOPE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CLIPSCOPE_CCACHE})
endif()
find_program(CLIPSCOPE_MOLD mold)
if(CLIPSCOPE_MOLD AND NOT CLIPSCOPE_SANITIZE)
  add_link_options(-fuse-ld=mold)
endif()

# Contraction to fused multiply-add would let results depend on the processor.
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off>
  $<$<COMPILE_LANGUAGE:CXX>:-fno-math-errno> $<$<COMPILE_LANGUAGE:CXX>:-fno-trapping-math>)

# GCC 12 sees an overflow in fmt 9's join and an overlap in std::string's operator+ that are not
# there (-Wstringop-overflow, -Wrestrict). Designated initializers leave fields out on purpose.
add_library(clipscope_warnings INTERFACE)
set(warnings
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-stringop-overflow -Wno-restrict -Wno-missing-field-initializers)
if(CLIPSCOPE_WERROR)
  list(APPEND warnings -Werror)
endif()
target_compile_options(clipscope_warnings INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${warnings}>")

if(CLIPSCOPE_SANITIZE)
  add_compile_options(-fsanitize=${CLIPSCOPE_SANITIZE} -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=${CLIPSCOPE_SANITIZE})
endif()
if(CLIPSCOPE_TIDY)
  find_program(CLIPSCOPE_CLANG_TIDY clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY ${CLIPSCOPE_CLANG_TIDY} --quiet)
endif()
