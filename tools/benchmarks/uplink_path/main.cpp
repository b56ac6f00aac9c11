// What an uplink costs between the gateway's connection and the application's link: shard, session,
// pipeline, committer, store; with real threads and a real store, without sockets.   usage:
// uplink_path_bench [devices] [uplinks per device] [copies]
#include <sys/resource.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "actors/application_server/outbox/actor.hpp"
#include "actors/application_server/pipeline/actor.hpp"
#include "actors/network_server/supervisor.hpp"
#include "actors/support/ticker.hpp"
#include "protocol/phy/seal.hpp"
#include "storage/directory/open.hpp"
#include "tools/benchmarks/devices/devices.hpp"

namespace {

using namespace ff;

struct Sizes {
  std::uint32_t devices = 20'000;
  std::uint32_t rounds = 10;
  std::uint32_t copies = 1;
};

using bench::address_of;
using bench::key;

std::shared_ptr<const UplinkFrame> frame_of(std::uint32_t i, std::uint32_t f_cnt,
                                            std::uint32_t copy) {
  phy::DataFrame frame;
  frame.dev_addr = address_of(i);
  frame.f_port = FPort{1};
  frame.frm_payload = Bytes(20, 7);
  UplinkFrame received;
  received.phy_payload =
      phy::seal_frame(frame, {key(), key(), key()}, {.f_cnt = FCnt32{f_cnt}}).value();
  received.settings.data_rate = LoraDataRate{7, 125'000, CodingRate::cr4_5};
  received.settings.frequency = Frequency::hz(868'100'000);
  received.received_at = actors::make_system_clock()->now().utc;
  RxMetadata metadata;
  metadata.gateway = {GatewayId("gateway-" + std::to_string(copy)), GatewayEui{copy}};
  metadata.uplink_token = Bytes(24, 1);
  metadata.channel_rssi_dbm = metadata.rssi_dbm = -80;
  metadata.snr_db = 7;
  received.rx_metadata.push_back(std::move(metadata));
  received.correlation_ids.push_back("gs:uplink:01J9W4Q6R7Z0C3N5V8B1M2K4XY");
  return std::make_shared<const UplinkFrame>(std::move(received));
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Bench {
  Sizes sizes;
  std::filesystem::path directory;
  caf::actor_system_config config;
  std::unique_ptr<storage::Engine> engine;
  actors::Metrics metrics;
  actors::Deps deps;
  std::shared_ptr<network_server::Context> context = std::make_shared<network_server::Context>();
  std::shared_ptr<application_server::PipelineContext> pipelines =
      std::make_shared<application_server::PipelineContext>();
  std::atomic<std::uint64_t> delivered{0};

  void start(caf::actor_system& system) {
    deps.clock = actors::make_system_clock();
    deps.metrics = &metrics;
    deps.make_random = make_secure_random;
    deps.ticker.set(actors::spawn_ticker(system, deps.clock));
    deps.committer.set(actors::spawn_committer(
        system, {.engine = engine.get(), .metrics = &metrics, .on_store_failed = {}}));
    deps.loader.set(actors::spawn_loader(system, {.store = engine.get()}));
    const storage::ShardCount count;
    context->plans =
        std::make_shared<const region::FrequencyPlans>(region::FrequencyPlans::standard());
    context->deps = deps;
    context->shards = actors::Sharded<network_server::ShardHandle>(count);
    context->inspectable = actors::Sharded<network_server::ShardActor>(count);
    context->shard_lives = actors::Sharded<std::weak_ptr<const void>>(count);
    context->pipelines = actors::Sharded<application_server::PipelineHandle>(count);
    context->join_servers = actors::Sharded<join_server::ShardHandle>(count);
    context->transmit = [](auto, auto) {};
    context->publish = [](events::Event) {};
    pipelines->deps = deps;
    pipelines->network_servers = context->shards;
    pipelines->join_servers = context->join_servers;
    pipelines->outbox.set(application_server::spawn_outbox(
        system, {.store = engine.get(), .deps = deps, .shards = count}));
    pipelines->publish_up = [this](const application_server::UpPublished&) { ++delivered; };
    pipelines->publish = [](events::Event) {};
    for (std::uint32_t i = 0; i < count.value(); ++i) {
      const storage::Shard shard{static_cast<std::uint16_t>(i)};
      context->pipelines.route(shard).set(
          application_server::spawn_pipeline(system, pipelines, shard));
    }
    if (!network_server::start(system, context, *engine, {})) std::abort();
  }

  void run() {
    std::vector<std::shared_ptr<const UplinkFrame>> frames;
    for (std::uint32_t round = 1; round <= sizes.rounds; ++round) {
      for (std::uint32_t i = 0; i < sizes.devices; ++i) {
        for (std::uint32_t c = 0; c < sizes.copies; ++c) frames.push_back(frame_of(i, round, c));
      }
    }
    const auto before = std::chrono::steady_clock::now();
    const auto cpu_before = cpu_seconds();
    const auto total = std::uint64_t{sizes.devices} * sizes.rounds;
    std::uint64_t sent = 0;
    for (const auto& frame : frames) {
      caf::anon_send(context->shards.of(phy::decode_data_frame(frame->phy_payload)->dev_addr),
                     network_server::UplinkReceived{frame});
      // At most 100,000 under way: about what a window holds at the rate aimed at.
      if (++sent % 1000 == 0) {
        while (sent / sizes.copies > delivered + 100'000)
          std::this_thread::sleep_for(std::chrono::milliseconds{1});
      }
    }
    const auto deadline = before + std::chrono::minutes{2};
    while (delivered < total && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    const auto seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    const auto cpu = cpu_seconds() - cpu_before;
    std::printf(
        "%u devices, %u copies: %llu of %llu uplinks in %.2f s: %.0f unique/s, %.1f us CPU each\n",
        sizes.devices, sizes.copies, static_cast<unsigned long long>(delivered.load()),
        static_cast<unsigned long long>(total), seconds,
        static_cast<double>(delivered.load()) / seconds,
        cpu * 1e6 / static_cast<double>(delivered.load()));
  }
};

}  // namespace

int main(int argc, char** argv) {
  Bench bench;
  if (argc > 1) bench.sizes.devices = static_cast<std::uint32_t>(std::atoi(argv[1]));
  if (argc > 2) bench.sizes.rounds = static_cast<std::uint32_t>(std::atoi(argv[2]));
  if (argc > 3) bench.sizes.copies = static_cast<std::uint32_t>(std::atoi(argv[3]));
  bench.directory =
      std::filesystem::temp_directory_path() / ("uplink-path-bench-" + std::to_string(getpid()));
  auto random = make_secure_random();
  auto store = storage::open_directory({.directory = bench.directory}, {}, *random);
  if (!store) return 1;
  bench.engine = std::move(store->engine);
  if (!ff::bench::fill(*bench.engine, {}, bench.sizes.devices)) return 1;
  bench.config.set("scheduler.policy", caf::atom("sharing"));
  bench.config.set("scheduler.max-threads", std::size_t{2});
  bench.config.set("scheduler.max-throughput", std::size_t{64});
  {
    caf::actor_system system(bench.config);
    bench.start(system);
    bench.run();
    std::fflush(stdout);
    // Nothing here is worth an orderly end; the store still compacts, so files may come and go.
    std::error_code ignored;
    std::filesystem::remove_all(bench.directory, ignored);
    _exit(0);
  }
}
