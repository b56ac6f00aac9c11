#include "tools/sim/run.hpp"

#include <atomic>
#include <csignal>
#include <cstdio>
#include <future>
#include <thread>

#include "tools/sim/gateway_sockets.hpp"
#include "tools/sim/mqtt_application.hpp"

namespace ff::sim {
namespace {

/// Of gateways without downlinks: more gateways than a process may have files.
constexpr std::size_t shared_sockets = 1024;

/// The world is looked after at least this often, for messages of the application.
constexpr Duration tick_max = std::chrono::milliseconds{20};
/// Uplinks that are due within this time leave in one batch.
constexpr Duration tick_min = std::chrono::milliseconds{1};
constexpr auto progress_interval = std::chrono::seconds{1};

std::atomic<bool> interrupted{false};
extern "C" void on_interrupt(int) {
  interrupted = true;
}

UtcTime utc_now() {
  return UtcTime{std::chrono::system_clock::now().time_since_epoch()};
}

/// Everything of a run; the world is touched on the loop's thread only.
class Runner final : public Outlet {
 public:
  Runner(const Options& options, net::Endpoint server)
      : options_(options), runtime_(1), loop_(runtime_.loop(0)), sockets_(runtime_, server) {
    if (!options.mqtt.address.empty()) {
      application_.emplace(options.mqtt, options.application_id, [this] { return loop_.now(); });
    }
  }

  Status start(std::vector<Placement> devices) {
    if (application_) FF_CHECK(application_->start());
    auto scenario = options_.scenario;
    if (options_.api.uplinks_only) scenario.pull_sockets = shared_sockets;
    world_ = std::make_unique<World>(scenario, std::move(devices), loop_.now(), *this);
    timer_ = loop_.make_timer();
    const auto gateways = world_->gateway_count();
    const auto pull_sockets = scenario.pull_sockets > 0 ? scenario.pull_sockets : gateways;
    FF_CHECK(sockets_.open(gateways, pull_sockets, [this](std::size_t gateway, ByteView datagram) {
      world_->on_datagram(gateway, datagram, loop_.now());
    }));
    runtime_.start();
    loop_.post([this] { tick(); });
    return {};
  }

  bool finished() const noexcept { return finished_; }

  /// From another thread than the loop's.
  Report report() {
    std::promise<Report> promise;
    auto future = promise.get_future();
    loop_.post([&] { promise.set_value(world_->report(loop_.now())); });
    return future.get();
  }

  void stop() {
    std::promise<void> stopped;
    loop_.post([&] {
      stopping_ = true;
      timer_.reset();
      stopped.set_value();
    });
    stopped.get_future().wait();
    if (application_) application_->stop();
    if (const auto dropped = sockets_.dropped(); dropped > 0) {
      std::fprintf(stderr, "%llu datagrams were dropped before they left\n",
                   static_cast<unsigned long long>(dropped));
    }
    sockets_.close();
    runtime_.stop();
  }

  std::uint64_t connections_lost() const noexcept {
    return application_ ? application_->connections_lost() : 0;
  }

 private:
  void send(std::size_t gateway, Link link, ByteView datagram) override {
    sockets_.send(gateway, link, datagram);
  }
  void push_downlink(const DeviceIdentity& device, FPort f_port, ByteView payload) override {
    if (application_) application_->push_downlink(device.device_id, f_port, payload);
  }

  void tick() {
    if (stopping_) return;
    world_->advance(loop_.now(), utc_now());
    if (application_) {
      for (const auto& message : application_->take()) {
        world_->on_application_uplink(message.device_id, message.uplink, message.at);
      }
    }
    const auto now = loop_.now();
    finished_ = world_->finished(now);
    const auto next = world_->next_event();
    const auto wait = next ? std::clamp(*next - now, tick_min, tick_max) : tick_max;
    timer_->start(wait, [this] { tick(); });
  }

  const Options& options_;
  net::Runtime runtime_;
  net::EventLoop& loop_;
  GatewaySockets sockets_;
  std::optional<MqttApplication> application_;
  std::unique_ptr<World> world_;
  std::unique_ptr<net::Timer> timer_;
  bool stopping_ = false;
  std::atomic<bool> finished_{false};
};

}  // namespace

Result<Report> run(const Options& options, std::vector<Placement> devices) {
  FF_TRY(const auto server, net::Endpoint::parse_listen(options.gateway_server));
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  Runner runner(options, server);
  FF_CHECK(runner.start(std::move(devices)));
  const bool live = !options.quiet;
  auto next_progress = std::chrono::steady_clock::now() + progress_interval;
  while (!runner.finished() && !interrupted) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    if (!live || std::chrono::steady_clock::now() < next_progress) continue;
    next_progress += progress_interval;
    std::fprintf(stderr, "%s\n", progress_line(runner.report()).c_str());
  }
  auto report = runner.report();
  runner.stop();
  report.connections_lost = runner.connections_lost();
  return report;
}

}  // namespace ff::sim
