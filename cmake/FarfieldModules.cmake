# One way to declare a module, its tests and its fuzz targets.
#
#   ff_module(protocol_phy DEPS protocol_base)        all *.cpp of the folder, one static library
#   ff_tests(protocol_phy DEPS protocol_phy)          all *_test.cpp of the folder, one test binary; all *_fuzz.cpp, one binary each
#   ff_program(farfield DEPS app_server)              main.cpp and its neighbours, one binary
#
# Links are PRIVATE unless PUBLIC_DEPS says otherwise, so that a foreign header is not on a module's path by accident.

# Adds every child folder that has a CMakeLists.txt, in alphabetical order. Without arguments: of the current folder.
function(ff_add_subdirectories)
  if(ARGN)
    set(children ${ARGN})
  else()
    file(GLOB entries CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
    set(children "")
    foreach(entry ${entries})
      get_filename_component(child ${entry} DIRECTORY)
      list(APPEND children ${child})
    endforeach()
  endif()
  foreach(child ${children})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${child}/CMakeLists.txt)
      add_subdirectory(${child})
    endif()
  endforeach()
endfunction()

# Of protocol/ and its tests alone: what is not measured is not slowed down.
function(ff_count_lines name)
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  if(FARFIELD_COVERAGE AND folder MATCHES "^(test/)?protocol/")
    target_compile_options(${name} PRIVATE --coverage)
    target_link_options(${name} PUBLIC --coverage)
  endif()
endfunction()

# Headers that nearly every source of a target includes, and that take longer to read than the source: read once.
# Sources include what they need all the same; tools/check reads them without this.
function(ff_precompile name)
  if(NOT ARGN OR NOT FARFIELD_PRECOMPILE)
    return()
  endif()
  list(TRANSFORM ARGN REPLACE "(.+)" "<\\1>" OUTPUT_VARIABLE headers)  # No absolute path: checkouts share a cache.
  target_precompile_headers(${name} PRIVATE ${headers})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -fpch-preprocess)  # for ccache
    # g++ 12 takes the standard library's headers for ours when they are precompiled, and reports this falsely when it optimises.
    if(FARFIELD_SANITIZE)
      target_compile_options(${name} PRIVATE -Wno-stringop-overread)
    else()
      target_compile_options(${name} PRIVATE $<$<NOT:$<CONFIG:Debug>>:-Wno-stringop-overread>)
    endif()
  endif()
endfunction()

function(ff_module name)
  cmake_parse_arguments(arg "" "" "DEPS;PUBLIC_DEPS;SOURCES;PRECOMPILE" ${ARGN})
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  endif()
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_PUBLIC_DEPS} PRIVATE ${arg_DEPS} ff_warnings)
  ff_precompile(${name} ${arg_PRECOMPILE})
  ff_count_lines(${name})
endfunction()

function(ff_program name)
  cmake_parse_arguments(arg "" "" "DEPS;SOURCES" ${ARGN})
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ff_allocator ${arg_DEPS} ff_warnings)
endfunction()

# The smoke run of a fuzz target replays test/fuzz/corpora/<target>/ and then a fixed number of seeded mutations of it.
function(ff_fuzz_target source)
  cmake_parse_arguments(arg "" "" "DEPS" ${ARGN})
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_DEPS} ff_warnings)
  add_dependencies(fuzz_targets ${name})
  if(FARFIELD_FUZZ_ENGINE)
    target_link_options(${name} PRIVATE -fsanitize=${FARFIELD_FUZZ_ENGINE})
    target_compile_options(${name} PRIVATE -fsanitize=${FARFIELD_FUZZ_ENGINE})
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/test/fuzz/replay_driver.cpp)
    add_test(NAME ${name} COMMAND ${name} ${PROJECT_SOURCE_DIR}/test/fuzz/corpora/${name})
    set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()

function(ff_tests name)
  cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "DEPS;LABELS;PRECOMPILE" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp)
  if(tests)
    add_executable(${name}_test ${tests})
    target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name}_test PRIVATE ${arg_DEPS} ff_warnings GTest::gtest GTest::gtest_main)
    ff_count_lines(${name}_test)
    if(name MATCHES "^protocol_")
      add_dependencies(protocol_tests ${name}_test)
    endif()
    # Tests are compiled more often than they run.
    target_compile_options(${name}_test PRIVATE $<$<CONFIG:Debug>:-O0>)
    ff_precompile(${name}_test ${arg_PRECOMPILE})
    target_compile_definitions(${name}_test PRIVATE
      FF_SOURCE_DIR="${PROJECT_SOURCE_DIR}" FF_GOLDEN_DIR="${PROJECT_SOURCE_DIR}/test/golden"
      FF_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
    if(arg_SERIAL)
      set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
    endif()
  endif()
  file(GLOB fuzzers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_fuzz.cpp)
  foreach(fuzzer ${fuzzers})
    ff_fuzz_target(${fuzzer} DEPS ${arg_DEPS})
  endforeach()
endfunction()
