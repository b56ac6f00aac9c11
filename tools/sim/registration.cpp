#include "tools/sim/registration.hpp"

#include <atomic>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>

#include "tools/sim/core/api_documents.hpp"
#include "tools/sim/http_client.hpp"

namespace ff::sim {
namespace {

constexpr int status_conflict = 409;
constexpr std::size_t body_shown_max = 400;

Status make(HttpClient& client, const ApiCall& call, const std::string& key) {
  FF_TRY(const auto answer, client.call({call.method, call.path, key, call.body}));
  if (answer.status >= 200 && answer.status < 300) return {};
  if (call.may_exist && answer.status == status_conflict) return {};
  return fail(registration_failed, {{"method", call.method},
                                    {"path", call.path},
                                    {"status", answer.status},
                                    {"body", answer.body.substr(0, body_shown_max)}});
}

/// Devices, shared out among connections.
class DeviceWriter {
 public:
  DeviceWriter(const HttpAddress& address, const ApiContext& context, const std::string& key,
               const std::vector<DeviceIdentity>& devices)
      : address_(address), context_(context), key_(key), devices_(devices) {}

  Status write_all(unsigned connections) {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < connections; ++i) threads.emplace_back([this] { work(); });
    for (auto& thread : threads) thread.join();
    if (error_) return fail(*error_);
    return {};
  }

 private:
  void work() {
    HttpClient client(address_);
    for (auto index = next_++; index < devices_.size() && !failed_; index = next_++) {
      for (const auto& call : create_device(context_, devices_[index])) {
        const auto made = make(client, call, key_);
        if (!made) return give_up(made.error());
      }
    }
  }
  void give_up(const Error& error) {
    failed_ = true;
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
  }

  const HttpAddress& address_;
  const ApiContext& context_;
  const std::string& key_;
  const std::vector<DeviceIdentity>& devices_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;  // Guards error_.
  std::optional<Error> error_;
};

}  // namespace

Status register_all(const Options& options, const std::vector<DeviceIdentity>& devices) {
  FF_TRY(const auto address, parse_http_address(options.api.address));
  const ApiContext context{options.api.user_id, options.application_id, address.host,
                           options.api.resets_counters, options.api.uplinks_only};
  HttpClient client(address);
  FF_CHECK(make(client, create_application(context), options.api.key));
  const auto& plan =
      devices.empty() ? options.range.frequency_plan_id : devices.front().frequency_plan_id;
  for (std::size_t i = 0; i < options.scenario.radio.gateways; ++i) {
    const GatewayEui eui{options.scenario.first_gateway.value() + i};
    FF_CHECK(make(client, create_gateway(context, eui, plan), options.api.key));
  }
  const auto begin = std::chrono::steady_clock::now();
  DeviceWriter writer(address, context, options.api.key, devices);
  FF_CHECK(writer.write_all(options.api.connections));
  if (!options.quiet) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    std::fprintf(stderr, "registered %zu devices in %.1f s\n", devices.size(), elapsed.count());
  }
  return {};
}

}  // namespace ff::sim
