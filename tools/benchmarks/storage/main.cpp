// storage_bench [directory]: what the store costs on this machine and disk. Prints a table; asserts
// nothing. Not a load test of the server; see tools/sim.
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "protocol/base/random.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/record.hpp"
#include "storage/engine/rocks_engine.hpp"
#include "storage/keys/keys.hpp"

namespace {

using namespace ff;
using namespace ff::storage;

constexpr std::size_t devices = 100'000;
using Steady = std::chrono::steady_clock;

double micros_since(Steady::time_point start) {
  return std::chrono::duration<double, std::micro>(Steady::now() - start).count();
}

void must(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "storage_bench: %s failed\n", what);
  std::exit(1);
}

/// Times `count` calls and prints rate, median and 99th percentile. `records` per call.
template <class Call>
void measure(const std::string& name, std::size_t count, std::size_t records, const Call& call) {
  std::vector<double> times;
  times.reserve(count);
  auto start = Steady::now();
  for (std::size_t i = 0; i < count; ++i) {
    auto before = Steady::now();
    call(i);
    times.push_back(micros_since(before));
  }
  auto seconds = micros_since(start) / 1e6;
  std::sort(times.begin(), times.end());
  std::printf("%-32s %10.0f calls/s %12.0f records/s  p50 %8.1f us  p99 %8.1f us\n", name.c_str(),
              static_cast<double>(count) / seconds, static_cast<double>(count * records) / seconds,
              times[count / 2], times[count * 99 / 100]);
}

DeviceKey device(std::size_t number) {
  DeviceUid uid{ApplicationId("app-" + std::to_string(number % 50)),
                DeviceId("device-" + std::to_string(number))};
  return {shard_of(uid, ShardCount()), uid};
}

/// About what a session record takes: counters, keys, MAC state.
Bytes session_value(std::uint32_t counter) {
  RecordWriter out;
  for (std::uint32_t field = 1; field <= 8; ++field) out.varint(field, counter + field);
  for (std::uint32_t field = 9; field <= 12; ++field) out.bytes(field, Bytes(16, 7));
  out.bytes(13, Bytes(60, 9));
  return seal(1, out.data());
}

void print_machine(const std::filesystem::path& directory) {
  utsname name{};
  uname(&name);
  std::string model = "unknown CPU";
  std::ifstream cpu("/proc/cpuinfo");
  for (std::string line; std::getline(cpu, line);) {
    if (line.starts_with("model name")) {
      model = line.substr(line.find(':') + 2);
      break;
    }
  }
  std::printf("machine %s, %s, %u threads, %s %s; directory %s\n", name.nodename, model.c_str(),
              std::thread::hardware_concurrency(), name.sysname, name.release, directory.c_str());
}

void bench_writes(Engine& engine, Random& random) {
  for (auto durability : {Durability::sync, Durability::no_sync}) {
    for (std::size_t size : {1U, 16U, 64U, 256U}) {
      auto text = std::string(durability == Durability::sync ? "sync" : "no sync");
      measure("write " + text + ", batch of " + std::to_string(size), size == 256 ? 500 : 1500,
              size, [&](std::size_t i) {
                WriteBatch batch;
                for (std::size_t n = 0; n < size; ++n) {
                  batch.put(Family::session, device_key(device(random.below(devices))),
                            session_value(static_cast<std::uint32_t>(i)));
                }
                must(engine.write(batch, durability).has_value(), "write");
              });
    }
  }
}

void bench_reads(Engine& engine, Random& random) {
  measure("get, random, present", 50'000, 1, [&](std::size_t) {
    auto value = engine.get(Family::session, device_key(device(random.below(devices))));
    must(value && value->has_value(), "get");
  });
  measure("get, absent", 50'000, 1, [&](std::size_t i) {
    auto value = engine.get(Family::session, device_key(device(devices + i)));
    must(value && !value->has_value(), "get");
  });
  measure("multi_get of 64", 1'500, 64, [&](std::size_t) {
    std::vector<Bytes> keys;
    for (int n = 0; n < 64; ++n) keys.push_back(device_key(device(random.below(devices))));
    must(engine.multi_get(Family::session, keys).has_value(), "multi_get");
  });
  measure("scan of 16 in a shard", 10'000, 16, [&](std::size_t) {
    Shard shard{static_cast<std::uint16_t>(random.below(64))};
    Scan scan{.family = Family::session, .range = prefix_range(shard_prefix(shard)), .limit = 16};
    must(engine.scan(scan, [](ByteView, ByteView) { return true; }).has_value(), "scan");
  });
  measure("scan of everything", 3, devices, [&](std::size_t) {
    must(engine.scan({.family = Family::session}, [](ByteView, ByteView) { return true; })
             .has_value(),
         "scan");
  });
}

}  // namespace

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  auto base = argc > 1 ? fs::path(argv[1]) : fs::temp_directory_path();
  auto directory = base / ("storage_bench." + std::to_string(getpid()));
  print_machine(directory);
  {
    auto opened = open_rocks({.directory = directory});
    must(opened.has_value(), "open");
    auto& engine = **opened;
    auto random = make_seeded_random(1);
    measure("fill, batches of 1000", devices / 1000, 1000, [&](std::size_t i) {
      WriteBatch batch;
      for (std::size_t n = 0; n < 1000; ++n) {
        batch.put(Family::session, device_key(device(i * 1000 + n)), session_value(0));
      }
      must(engine.write(batch, Durability::no_sync).has_value(), "fill");
    });
    bench_writes(engine, *random);
    measure("flush", 1, 0, [&](std::size_t) { must(engine.flush().has_value(), "flush"); });
    bench_reads(engine, *random);
    measure("checkpoint", 1, 0, [&](std::size_t) {
      must(engine.checkpoint(directory / "copy").has_value(), "checkpoint");
    });
    auto stats = engine.stats();
    std::printf("syncs %llu, p99 %llu us; stalls %llu us; table files %llu bytes\n",
                static_cast<unsigned long long>(stats.syncs),
                static_cast<unsigned long long>(stats.sync_micros_p99),
                static_cast<unsigned long long>(stats.stall_micros),
                static_cast<unsigned long long>(stats.table_file_bytes));
  }
  fs::remove_all(directory);
  return 0;
}
