// The whole stack with simulated gateways, devices and an MQTT client of their application in one
// thread and in virtual time, from one seed. The same seed gives the same run, byte for byte:
// `log()` proves it. Not the API, whose gRPC has threads of its own.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/application_server/frontend_mqtt/frontend.hpp"
#include "app/server/node/node.hpp"
#include "config/exit_codes.hpp"
#include "net/runtime/manual_loop.hpp"
#include "net/stream/memory.hpp"
#include "net/udp/memory_network.hpp"
#include "protocol/mac/adr/reference.hpp"
#include "storage/engine/memory_engine.hpp"
#include "test/sim/air_rules.hpp"
#include "test/sim/application_client.hpp"
#include "test/support/storage/fault_env.hpp"
#include "tools/sim/core/device_factory.hpp"
#include "tools/sim/core/world.hpp"

namespace ff::test {

struct SimulationOptions {
  sim::Scenario scenario;
  std::vector<sim::DeviceRange> devices;
  /// The first device relays for all others, which no gateway hears.
  bool relay = false;
  net::DatagramFaults network;
  /// Of the gateways. Devices have their own, of the same band.
  std::string frequency_plan_id = "EU_863_870_TTN";
  /// Plans beside the standard ones, as the text of plan files.
  std::vector<std::string> plans;
  /// Adapts the devices' data rates.
  mac::adr::Algorithm adr = mac::adr::reference_adr;
  /// How far everything moves on at once. The server's timers are no finer.
  Duration step = std::chrono::milliseconds{5};
  /// RocksDB on a simulated disk instead of the engine in memory. Its own threads make the run no
  /// longer the same byte for byte.
  bool real_store = false;
};

/// By device and counter, which begins anew with each session.
using UplinkCounts = std::map<std::pair<std::string, FCnt32>, std::size_t>;

class Simulation final : public sim::Outlet {
 public:
  explicit Simulation(SimulationOptions options);
  ~Simulation() override;

  /// Moves everything on together.
  void run(Duration time);
  /// Power loss and a new start from what is durable. Devices and gateways do not notice.
  void crash();
  /// The real store's disk loses power when it has done so many more operations; the server, which
  /// can write nothing any more, runs on until crash().
  void cut_power_after(std::uint64_t operations) { disk_->cut_power_after(operations); }
  /// The real store's disk refuses a call. The server runs on until crash(), as a process does that
  /// takes its time to end.
  void fail_disk(const DiskFault& fault) { disk_->inject(fault); }
  std::uint64_t disk_faults() const { return disk_->faults_struck(); }
  /// Ends the actor that everybody's timers come from, as a failure in it would.
  void fail_ticker();
  /// With which code the server wants its process to end since the last start.
  std::optional<ExitCode> ended_with() const { return ended_with_; }

  /// What has left the server and is not in its store: messages that were published, and uplinks
  /// whose devices heard that they had arrived. A sentence each.
  std::vector<std::string> lost() const;
  /// Join-requests that gateways have sent, and join-accepts that have come to them.
  std::size_t join_requests() const noexcept { return join_requests_; }
  std::size_t join_accepts() const noexcept { return join_accepts_; }
  /// The newest join-request once more, as a gateway would that hears it now: of who has recorded
  /// it.
  void replay_join_request();

  /// What is in the store and has not come to the application's MQTT client. A sentence each.
  std::vector<std::string> undelivered() const;

  sim::Report report() const { return world_->report(clock_->now().mono); }
  const sim::World& world() const { return *world_; }
  const AirRules& air() const { return *air_; }
  /// One line per event, MQTT message for the application and datagram of the server.
  const std::vector<std::string>& log() const { return log_; }

 private:
  void open_store();
  void boot();
  void open_mqtt();
  void shut_down();
  void run_actors();
  void step();
  void register_application();
  void await_subscription();
  void register_devices();
  void register_device(const sim::DeviceIdentity& identity);
  std::optional<mac::RelayParameters> relay_settings(const sim::DeviceIdentity& identity) const;
  void open_gateways();
  void note_datagram(std::size_t gateway, std::string_view datagram);
  void note(std::string line);
  void on_event(const events::Event& event);
  void on_up(const application_server::UpPublished& up);
  void on_message(const mqtt::Publish& message);
  std::map<Bytes, application_server::OutboxMessage> stored_messages() const;

  void send(std::size_t gateway, sim::Link link, ByteView datagram) override;
  void push_downlink(const sim::DeviceIdentity& device, FPort f_port, ByteView payload) override;
  void uplink_on_air(const sim::DeviceIdentity& device,
                     const sim::Transmission& transmission) override;
  void downlink_on_air(std::size_t gateway, const sim::Emission& emission,
                       double power_dbm) override;
  void uplink_acknowledged(const sim::DeviceIdentity& device, FCnt32 f_cnt) override;

  SimulationOptions options_;
  std::vector<sim::DeviceIdentity> identities_;
  std::shared_ptr<actors::ManualClock> clock_;
  net::ManualLoop loop_;
  net::MemoryDatagramNetwork network_;
  net::MemoryStreamNetwork streams_;
  storage::MemoryEngine memory_;
  std::unique_ptr<FaultEnv> disk_;  // of the real store
  std::unique_ptr<storage::Engine> rocks_;
  storage::Engine* engine_ = &memory_;
  std::uint64_t next_seed_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<actors::Metrics> metrics_;
  std::unique_ptr<app::Node> node_;
  std::optional<application_server::MqttFrontend> mqtt_;
  std::optional<ApplicationClient> client_;
  region::FrequencyPlans plans_ = region::FrequencyPlans::standard();
  std::unique_ptr<AirRules> air_;
  std::unique_ptr<sim::World> world_;
  std::vector<std::unique_ptr<net::DatagramSocket>> sockets_;
  std::vector<std::pair<std::size_t, Bytes>> arrived_;
  std::vector<std::string> log_;
  std::map<Bytes, std::shared_ptr<const application_server::OutboxMessage>> published_;  // by key
  std::set<std::pair<std::string, Bytes>> delivered_;                                    // by topic
  UplinkCounts acknowledged_;
  std::size_t join_requests_ = 0;
  std::size_t join_accepts_ = 0;
  std::pair<std::size_t, std::string> recorded_join_;  // gateway, datagram
  std::pair<MonoTime, std::uint32_t> newest_counter_;  // of that gateway, and when it had it
  std::optional<ExitCode> ended_with_;
};

}  // namespace ff::test
