# Debian 12 packages only; `tools/install-dependencies` installs them.

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(CURL 7.85 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json system)
find_package(simdjson CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(yaml-cpp CONFIG REQUIRED)
find_package(tl-expected CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(PahoMqttCpp CONFIG REQUIRED)
find_package(CAF REQUIRED)

# The programs' allocator. Messages are allocated by one thread and freed by another: glibc's malloc took
# 28 % of an uplink's time, jemalloc a third of that. Sanitizers bring their own.
add_library(ff_allocator INTERFACE)
if(NOT FARFIELD_SANITIZE)
  find_library(JEMALLOC_LIBRARY jemalloc REQUIRED)
  target_link_libraries(ff_allocator INTERFACE ${JEMALLOC_LIBRARY})
endif()
if(FARFIELD_TESTS)
  find_package(GTest CONFIG REQUIRED)
  find_package(benchmark CONFIG REQUIRED)
endif()
