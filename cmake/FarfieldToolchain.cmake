# Compiler, linker and warning settings for every target of the project.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

option(FARFIELD_TESTS "Build the tests." ON)
option(FARFIELD_PRECOMPILE "Read the headers of large targets once; off for tools that read sources one by one." ON)
option(FARFIELD_COVERAGE "Count executed lines of protocol/ and its tests." OFF)
set(FARFIELD_SANITIZE "" CACHE STRING "Sanitizers for every target, as for -fsanitize=.")
set(FARFIELD_FUZZ_ENGINE "" CACHE STRING "Engine for *_fuzz.cpp (clang's `fuzzer`); empty: the replay driver.")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PROJECT_SOURCE_DIR}/cmake/ccache.sh)
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

# What the project's own code is held to. Generated code opts out (ff_generated_options).
add_library(ff_warnings INTERFACE)
target_compile_options(ff_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align
  -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these two falsely through std::variant, std::string and std::vector when optimising.
  target_compile_options(ff_warnings INTERFACE -Wno-null-dereference -Wno-maybe-uninitialized
    -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-dangling-pointer -Wno-missing-field-initializers)
endif()

if(FARFIELD_SANITIZE)
  add_compile_options(-fsanitize=${FARFIELD_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${FARFIELD_SANITIZE})
endif()
if(FARFIELD_FUZZ_ENGINE)
  # The engine follows what the libraries do, not only what the targets do.
  add_compile_options(-fsanitize=${FARFIELD_FUZZ_ENGINE}-no-link)
endif()
