// device_pages_bench [directory [devices]]: what a page of an application's end devices costs when
// it has a million of them, with the index in memory and by reading everything. Prints; asserts
// nothing.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "app/api/services/identity/device_pages.hpp"
#include "storage/engine/rocks_engine.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace {

using namespace ff;
using namespace ff::identity_server;
using api::DevicePages;
using Steady = std::chrono::steady_clock;

constexpr int pages_of_each = 50;
constexpr const char* application = "app-1";

double ms_since(Steady::time_point start) {
  return std::chrono::duration<double, std::milli>(Steady::now() - start).count();
}

void must(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "device_pages_bench: %s failed\n", what);
  std::exit(1);
}

storage::EntityKey device(std::size_t number) {
  return {storage::EntityKind::end_device, {application, "device-" + std::to_string(number)}};
}

void fill(storage::Engine& engine, std::size_t devices) {
  ttn::lorawan::v3::EndDevice message;
  message.set_name("A device with a name");
  message.set_network_server_address("lorawan.example.com");
  message.set_application_server_address("lorawan.example.com");
  message.set_join_server_address("lorawan.example.com");
  message.mutable_ids()->set_dev_eui(std::string(8, 'e'));
  message.mutable_ids()->set_join_eui(std::string(8, 'j'));
  storage::WriteBatch batch;
  for (std::size_t i = 0; i < devices; ++i) {
    message.mutable_ids()->set_device_id("device-" + std::to_string(i));
    const Entity entity{device(i), to_owned(as_bytes(message.SerializeAsString())), {}, {}, {}, {}};
    batch.put(storage::Family::entity, encode_key(entity.key), encode_entity(entity));
    if (i % 4096 != 4095 && i + 1 != devices) continue;
    must(engine.write(batch, storage::Durability::no_sync).has_value(), "write");
    batch = storage::WriteBatch();
  }
  must(engine.flush().has_value(), "flush");
}

template <class Page>
void measure(const char* name, int count, const Page& page) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const auto start = Steady::now();
    page(i);
    times.push_back(ms_since(start));
  }
  std::ranges::sort(times);
  std::printf("%-44s p50 %8.2f ms  max %8.2f ms\n", name, times[times.size() / 2], times.back());
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path base = argc > 1 ? argv[1] : "/tmp";
  const auto devices = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1'000'000UL;
  const auto directory = base / ("device-pages-bench-" + std::to_string(getpid()));
  auto engine = storage::open_rocks({.directory = directory});
  must(engine.has_value() && devices > 1000, "open");
  fill(**engine, devices);
  DevicePages pages;
  const auto start = Steady::now();
  must(pages.build(**engine).has_value(), "build");
  std::printf("%lu devices of one application; index built in %.0f ms\n", devices, ms_since(start));
  const auto page_at = [&](std::uint64_t skip, bool descending) {
    PageWish wish;
    wish.skip = skip;
    wish.descending = descending;
    const auto page = pages.page(**engine, application, wish);
    must(page && page->entities.size() == 100 && page->total >= devices - 1000, "page");
  };
  measure("first pages of 100", pages_of_each,
          [&](int i) { page_at(static_cast<std::uint64_t>(i) * 100, false); });
  measure("pages all over the list", pages_of_each, [&](int i) {
    page_at(static_cast<std::uint64_t>(i) * (devices / pages_of_each - 10), false);
  });
  measure("the same, backwards", pages_of_each, [&](int i) {
    page_at(static_cast<std::uint64_t>(i) * (devices / pages_of_each - 10), true);
  });
  measure("after 64 changes all over the list", pages_of_each, [&](int i) {
    for (std::size_t j = 0; j < 64; ++j) pages.touch(device((j * 7919 + i) % devices));
    page_at(devices / 2, false);
  });
  measure("by reading everything", 3, [&](int) {
    must(page_of_kind(**engine, storage::EntityKind::end_device, {application}, {}).has_value(),
         "list");
  });
  engine->reset();
  std::filesystem::remove_all(directory);
  return 0;
}
