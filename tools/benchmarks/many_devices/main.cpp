// Makes a data directory with many registered devices, to measure what they cost a server.
//   usage: many_devices DIRECTORY COUNT
#include <cstdio>
#include <cstdlib>

#include "protocol/base/random.hpp"
#include "storage/directory/open.hpp"
#include "tools/benchmarks/devices/devices.hpp"

int main(int argc, char** argv) {
  using namespace ff;
  const auto count = argc == 3 ? std::strtoul(argv[2], nullptr, 10) : 0;
  if (count == 0 || count > 1UL << 25U) {
    std::fprintf(stderr, "usage: many_devices DIRECTORY COUNT (1 to 33554432)\n");
    return 64;
  }
  auto random = make_secure_random();
  auto store = storage::open_directory({.directory = argv[1]}, {}, *random);
  auto status = store ? bench::fill(*store->engine, store->identity.shard_count,
                                    static_cast<std::uint32_t>(count))
                      : Status(fail(store.error()));
  if (!status) {
    std::fprintf(stderr, "many_devices: %s\n", status.error().to_string().c_str());
    return 1;
  }
  std::printf("%lu devices in %s\n", count, argv[1]);
  return 0;
}
