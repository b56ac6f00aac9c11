#include "test/sim/simulation.hpp"

#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <charconv>

#include "actors/application_server/frontend_mqtt/topics.hpp"
#include "actors/application_server/outbox/record.hpp"
#include "actors/application_server/pipeline/device.hpp"
#include "actors/identity_server/api_keys/api_key.hpp"
#include "actors/identity_server/api_keys/message_values.hpp"
#include "actors/join_server/device.hpp"
#include "actors/network_server/session/device.hpp"
#include "app/server/node/access.hpp"
#include "protocol/base/assert.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/mac/event.hpp"
#include "storage/engine/errors.hpp"
#include "storage/engine/rocks_engine.hpp"
#include "storage/keys/keys.hpp"
#include "tools/sim/core/application_message.hpp"
#include "ttn/lorawan/v3/application.pb.h"

namespace ff::test {
namespace {

const ApplicationId application("sim");
constexpr std::uint16_t shard_count = 4;
const auto server_address = *net::Endpoint::parse("127.0.0.1:1700");
const auto mqtt_address = *net::Endpoint::parse("127.0.0.1:1883");

/// Where the first frame's counter stands in a PUSH_DATA; nothing in other datagrams.
std::optional<std::size_t> counter_in(std::string_view datagram) {
  constexpr std::string_view name = R"("tmst":)";
  const auto at = datagram.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  return at + name.size();
}
/// By the beginning of the base64 of its payload: MHDR 00.
bool is_join_request(std::string_view datagram) {
  return datagram.find(R"("data":"AA)") != std::string_view::npos;
}
/// The same: MHDR 20.
bool is_join_accept(std::string_view datagram) {
  return datagram.find(R"("data":"I)") != std::string_view::npos;
}

caf::scheduler::test_coordinator& scheduler(caf::actor_system& system) {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
}

}  // namespace

Simulation::Simulation(SimulationOptions options)
    : options_(std::move(options)),
      clock_(std::make_shared<actors::ManualClock>(UtcTime{std::chrono::seconds{1'700'000'000}})),
      network_(loop_, options_.scenario.seed, options_.network),
      streams_(loop_),
      next_seed_(options_.scenario.seed * 1'000'003) {
  config_.set("scheduler.policy", caf::atom("testing"));
  config_.set("logger.verbosity", caf::atom("quiet"));
  for (const auto& text : options_.plans) FF_ASSERT(plans_.add_json(text).has_value());
  const auto* plan = plans_.find(options_.frequency_plan_id);
  FF_ASSERT(plan != nullptr);
  air_ = std::make_unique<AirRules>(*plan);
  std::vector<sim::Placement> placements;
  for (const auto& range : options_.devices) {
    for (auto& identity : sim::make_devices(range)) {
      const auto* region = region::find(plan->band_id, identity.phy_version);
      FF_ASSERT(region != nullptr);
      if (options_.relay && !identities_.empty()) identity.relay_id = identities_.front().device_id;
      placements.push_back({identity, region});
      identities_.push_back(std::move(identity));
    }
  }
  world_ = std::make_unique<sim::World>(options_.scenario, std::move(placements),
                                        clock_->now().mono, *this);
  if (options_.real_store) {
    disk_ = std::make_unique<FaultEnv>(options_.scenario.seed);
    open_store();
  }
  boot();
  register_application();
  register_devices();
  await_subscription();
  open_gateways();
}

/// As small as it goes, so that logs are switched and tables written within a run.
void Simulation::open_store() {
  auto opened = storage::open_rocks({.directory = "/data",
                                     .block_cache_bytes = 1U << 20U,
                                     .write_buffer_bytes = 256U << 10U,
                                     .log_bytes_max = 256U << 10U,
                                     .maybe_env = disk_->env()});
  FF_ASSERT(opened.has_value());
  rocks_ = *std::move(opened);
  engine_ = rocks_.get();
}

Simulation::~Simulation() {
  shut_down();
}

void Simulation::boot() {
  system_ = std::make_unique<caf::actor_system>(config_);
  metrics_ = std::make_unique<actors::Metrics>();
  app::NodeConfig config;
  config.plans = std::make_shared<const region::FrequencyPlans>(plans_);
  config.udp.push_back({.local = server_address,
                        .fallback_plan_id = options_.frequency_plan_id,
                        .network = nullptr});
  config.network_server.adr.algorithm = options_.adr;
  node_ = app::Node::start(
      {.system = system_.get(),
       .clock = clock_,
       .make_random = [this] { return make_seeded_random(next_seed_++); },
       .metrics = metrics_.get(),
       .engine = engine_,
       .shard_count = *storage::ShardCount::make(shard_count),
       .datagrams = &network_,
       .streams = &streams_,
       .own_threads = false,
       .publish = [this](const events::Event& event) { on_event(event); },
       .publish_of_gateways = [this](const events::Event& event, const auto&) { on_event(event); },
       .tap = [this](const application_server::UpPublished& up) { on_up(up); },
       .on_fatal =
           [this](ExitCode code, const std::string&) {
             if (!ended_with_) ended_with_ = code;
           }},
      std::move(config));
  run_actors();
  open_mqtt();
}

void Simulation::open_mqtt() {
  const auto& routes = node_->routes();
  application_server::MqttConfig config;
  config.listen = {{mqtt_address, nullptr}};
  config.keep_sessions(std::chrono::hours{1}, std::chrono::hours{1});
  auto context =
      std::make_shared<const application_server::MqttContext>(application_server::MqttContext{
          .config = std::move(config),
          .deps = routes.deps,
          .access = app::make_mqtt_access(routes.identity_server),
          .links = routes.application_server.links,
          .pipelines = routes.application_server.pipelines,
          .publish = [this](const events::Event& event) { on_event(event); },
          .sessions = routes.application_server.mqtt_sessions,
          .session_index = routes.application_server.mqtt_session_index,
          .rate_limiter = nullptr,
          .groups = routes.application_server.mqtt_groups,
          .application_gone = routes.application_server.application_gone});
  auto started = application_server::MqttFrontend::start(streams_, std::move(context));
  FF_ASSERT(started.has_value());
  mqtt_ = *std::move(started);
}

void Simulation::shut_down() {
  mqtt_.reset();
  streams_.break_connections();
  loop_.run_ready();
  node_->stop();
  run_actors();
  node_.reset();
  run_actors();
  // What waits for a disk that is gone waits no longer than this.
  scheduler(*system_).advance_time(std::chrono::seconds{10});
  run_actors();
  system_.reset();
}

void Simulation::crash() {
  // Nothing is drained: what was not durable is gone, and so is every message between actors.
  if (disk_) {
    disk_->cut_power_after(0);
    shut_down();
    rocks_.reset();
    disk_->restart(Tear::cut);
    open_store();
  } else {
    memory_.crash();
    // Nothing that is still done reaches the store.
    memory_.inject({.call = storage::MemoryCall::write, .error = Error(storage::io_failed)});
    shut_down();
    memory_.crash();
  }
  ended_with_.reset();
  boot();
}

void Simulation::fail_ticker() {
  caf::anon_send_exit(node_->routes().deps.ticker.get(), caf::exit_reason::unhandled_exception);
  run_actors();
}

void Simulation::run_actors() {
  scheduler(*system_).run();
}

void Simulation::note(std::string line) {
  log_.push_back(to_rfc3339(clock_->now().utc) + " " + std::move(line));
}

void Simulation::on_event(const events::Event& event) {
  std::string line(event.name);
  if (const auto* device = std::get_if<DeviceIdentifiers>(&event.subject))
    line += " " + device->uid.device_id.text();
  const auto add = [&line](const Error& error) {
    line += " " + error.to_string();
    for (const auto* cause = error.cause(); cause != nullptr; cause = cause->cause())
      line += ": " + cause->to_string();
  };
  if (const auto* error = std::get_if<Error>(&event.data)) add(*error);
  if (const auto* text = std::get_if<std::string>(&event.data)) line += " " + *text;
  if (const auto* told = std::get_if<std::shared_ptr<const mac::Event>>(&event.data)) {
    const auto& data = (*told)->data;
    if (const auto* command = std::get_if<mac::Command>(&data))
      line += " " + mac::to_string(*command);
    if (const auto* error = std::get_if<Error>(&data)) add(*error);
  }
  note(std::move(line));
}

void Simulation::uplink_acknowledged(const sim::DeviceIdentity& device, FCnt32 f_cnt) {
  ++acknowledged_[{device.device_id, f_cnt}];
}

std::map<Bytes, application_server::OutboxMessage> Simulation::stored_messages() const {
  std::map<Bytes, application_server::OutboxMessage> out;
  for (std::uint16_t shard = 0; shard < shard_count; ++shard) {
    const storage::Scan scan{
        .family = storage::Family::outbox,
        .range = storage::prefix_range(storage::shard_prefix(storage::Shard{shard}))};
    const auto read = engine_->scan(scan, [&](ByteView key, ByteView row) {
      auto message = application_server::decode_message(row);
      FF_ASSERT(message.has_value());
      out.emplace(to_owned(key), *std::move(message));
      return true;
    });
    FF_ASSERT(read.has_value());
  }
  return out;
}

std::vector<std::string> Simulation::lost() const {
  std::vector<std::string> out;
  const auto rows = stored_messages();
  UplinkCounts stored;
  for (const auto& [key, message] : rows) {
    if (message.kind != application_server::UpKind::uplink) continue;
    if (const auto uplink = sim::find_uplink(as_text(message.body)))
      ++stored[{message.device_id.text(), FCnt32{uplink->f_cnt}}];
  }
  for (const auto& [key, message] : published_) {
    const auto row = rows.find(key);
    if (row == rows.end() || row->second != *message)
      out.push_back("published: " + std::string(as_text(message->body)));
  }
  for (const auto& [uplink, times] : acknowledged_) {
    if (stored[uplink] < times)
      out.push_back("acknowledged: " + uplink.first + " " + std::to_string(uplink.second.value()));
  }
  return out;
}

std::vector<std::string> Simulation::undelivered() const {
  std::vector<std::string> out;
  for (const auto& [key, message] : stored_messages()) {
    auto topic = application_server::up_topic(application.text(), message.device_id, message.kind);
    if (!delivered_.contains({topic, message.body}))
      out.push_back(topic + " " + std::string(as_text(message.body)));
  }
  return out;
}

void Simulation::on_up(const application_server::UpPublished& up) {
  published_.emplace(storage::outbox_key({up.shard, up.application_id, up.sequence}), up.message);
}

void Simulation::on_message(const mqtt::Publish& message) {
  const auto body = as_text(message.payload.view());
  note(message.topic + " " + std::string(body));
  delivered_.emplace(message.topic, to_owned(message.payload.view()));
  const auto device = client_->uplink_device(message.topic);
  if (!device) return;
  if (const auto uplink = sim::find_uplink(body))
    world_->on_application_uplink(*device, *uplink, clock_->now().mono);
}

/// With an API key of its own, which its MQTT client shows.
void Simulation::register_application() {
  using identity_server::Right;
  using identity_server::RightSet;
  const storage::EntityKey key{storage::EntityKind::application, {application.text()}};
  const auto issued = identity_server::issue_api_key(
      key, "mqtt", {Right::application_traffic_read, Right::application_traffic_down_write},
      *make_seeded_random(options_.scenario.seed));
  const auto must = [](const Result<identity_server::EntityPtr>& made) {
    FF_ASSERT(made.has_value());
  };
  const auto& registry = node_->routes().identity_server.registry;
  caf::anon_send(registry.get(),
                 identity_server::CreateEntity{
                     .key = key,
                     .make = [](UtcTime) -> Result<identity_server::Draft> {
                       ttn::lorawan::v3::Application message;
                       message.mutable_ids()->set_application_id(application.text());
                       return identity_server::Draft{.message = identity_server::serialize(message),
                                                     .unique = {}};
                     },
                     .companions = {},
                     .reply = must});
  caf::anon_send(registry.get(), identity_server::create_api_key(issued.key, must));
  client_.emplace(streams_, mqtt_address, ApplicationLogin{application.text(), issued.text});
}

/// Before the first uplink, so that the application gets all of them.
void Simulation::await_subscription() {
  for (int round = 0; round < 100 && !client_->is_subscribed(); ++round) {
    run_actors();
    loop_.run_ready();
    for (const auto& message : client_->run()) on_message(message);
  }
  FF_ASSERT(client_->is_subscribed());
}

void Simulation::register_devices() {
  for (const auto& identity : identities_) register_device(identity);
  run_actors();
}

void Simulation::register_device(const sim::DeviceIdentity& identity) {
  const auto& routes = node_->routes();
  const DeviceUid uid{application, DeviceId(identity.device_id)};
  const bool joins = identity.activation == sim::Activation::otaa;
  const DeviceIdentifiers ids{uid, identity.dev_eui, identity.join_eui, {}};
  const SessionKeyId abp_session{1};
  const auto relay = relay_settings(identity);
  const auto must = [](const auto& result) { FF_ASSERT(result.has_value()); };
  caf::anon_send(routes.network_server.of(uid),
                 network_server::to_session(
                     uid, network_server::ChangeDevice{
                              [=](const network_server::Device*) -> Result<network_server::Device> {
                                network_server::Device device;
                                device.ids = ids;
                                device.lorawan_version = identity.mac_version;
                                device.lorawan_phy_version = identity.phy_version;
                                device.frequency_plan_id = identity.frequency_plan_id;
                                device.supports_join = joins;
                                device.supports_class_b = identity.device_class == DeviceClass::b;
                                device.supports_class_c = identity.device_class == DeviceClass::c;
                                if (device.supports_class_b && !joins)
                                  device.mac_settings.ping_slot_periodicity =
                                      identity.ping_slot_periodicity;
                                device.mac_settings.desired_relay = relay;
                                const auto& keys = identity.session.network;
                                if (!joins) {
                                  device.session = mac::Session{
                                      .dev_addr = identity.dev_addr,
                                      .keys = {abp_session, keys.f_nwk_s_int_key,
                                               keys.s_nwk_s_int_key, keys.nwk_s_enc_key}};
                                }
                                return device;
                              },
                              must}));
  caf::anon_send(
      routes.application_server.pipelines.of(uid),
      application_server::ChangeAppDevice{
          uid,
          [=](const application_server::AppDevice*) -> Result<application_server::AppDevice> {
            application_server::AppDevice device;
            device.ids = ids;
            if (joins) return device;
            device.session.emplace();
            device.session->dev_addr = identity.dev_addr;
            device.session->session_key_id = abp_session;
            device.session->app_s_key = KeyEnvelope{identity.session.app_s_key, {}, {}};
            return device;
          },
          must});
  if (!joins) return;
  const storage::JoinKey euis{identity.join_eui, identity.dev_eui};
  caf::anon_send(routes.join_server.of(euis),
                 join_server::ChangeJoinDevice{
                     identity.join_eui, identity.dev_eui,
                     [=](const join_server::JoinDevice*) -> Result<join_server::JoinDevice> {
                       join_server::JoinDevice device;
                       device.ids = ids;
                       device.app_key.key = identity.app_key;
                       if (identity.mac_version == MacVersion::v1_1)
                         device.nwk_key.key = identity.nwk_key;
                       return device;
                     },
                     must});
}

/// Nothing for devices that have nothing to do with a relay.
std::optional<mac::RelayParameters> Simulation::relay_settings(
    const sim::DeviceIdentity& identity) const {
  if (!identity.relay_id.empty()) {
    mac::ServedRelay served;
    served.serving_device_id = DeviceId(identity.relay_id);
    return mac::RelayParameters{served};
  }
  if (!options_.relay) return std::nullopt;
  mac::ServingRelay serving;
  serving.uplink_forwarding_rules.resize(mac::relay_rules_max);
  for (std::size_t i = 1; i < identities_.size(); ++i)
    serving.uplink_forwarding_rules[i - 1].device_id = DeviceId(identities_[i].device_id);
  return mac::RelayParameters{serving};
}

void Simulation::open_gateways() {
  for (std::size_t i = 0; i < world_->gateway_count(); ++i) {
    auto socket = network_.open(*net::Endpoint::parse("127.0.0.1:0"), {},
                                [this, i](std::span<const net::Datagram> datagrams) {
                                  for (const auto& datagram : datagrams) {
                                    note("to gateway " + hex_lower(datagram.bytes));
                                    join_accepts_ += is_join_accept(as_text(datagram.bytes));
                                    arrived_.emplace_back(i, to_owned(datagram.bytes));
                                  }
                                });
    FF_ASSERT(socket.has_value());
    sockets_.push_back(*std::move(socket));
  }
}

void Simulation::send(std::size_t gateway, sim::Link, ByteView datagram) {
  note_datagram(gateway, as_text(datagram));
  sockets_[gateway]->send(server_address, datagram);
}

void Simulation::note_datagram(std::size_t gateway, std::string_view datagram) {
  const auto at = counter_in(datagram);
  if (!at) return;
  if (is_join_request(datagram)) {
    ++join_requests_;
    recorded_join_ = {gateway, std::string(datagram)};
  }
  if (gateway != recorded_join_.first) return;
  newest_counter_.first = clock_->now().mono;
  std::from_chars(datagram.data() + *at, datagram.data() + datagram.size(), newest_counter_.second);
}

void Simulation::replay_join_request() {
  auto [gateway, datagram] = recorded_join_;
  const auto at = counter_in(datagram);
  FF_ASSERT(at.has_value());
  const auto passed = std::chrono::duration_cast<std::chrono::microseconds>(clock_->now().mono -
                                                                            newest_counter_.first);
  const auto counter = newest_counter_.second + static_cast<std::uint32_t>(passed.count());
  datagram.replace(*at, datagram.find(',', *at) - *at, std::to_string(counter));
  sockets_[gateway]->send(server_address, as_bytes(datagram));
}

void Simulation::push_downlink(const sim::DeviceIdentity& device, FPort f_port, ByteView payload) {
  client_->push_downlink(device.device_id, f_port, payload);
}

void Simulation::uplink_on_air(const sim::DeviceIdentity& device,
                               const sim::Transmission& transmission) {
  air_->uplink(device.device_id, transmission, clock_->now().mono);
}

void Simulation::downlink_on_air(std::size_t gateway, const sim::Emission& emission,
                                 double power_dbm) {
  air_->downlink(gateway, emission, power_dbm);
}

void Simulation::step() {
  const auto tick = options_.step;
  clock_->advance(tick);
  const auto now = clock_->now();
  world_->advance(now.mono, now.utc);
  loop_.advance(tick);
  scheduler(*system_).advance_time(std::chrono::duration_cast<caf::timespan>(tick));
  run_actors();
  loop_.run_ready();
  for (const auto& [gateway, datagram] : std::exchange(arrived_, {}))
    world_->on_datagram(gateway, datagram, now.mono);
  for (const auto& message : client_->run()) on_message(message);
}

void Simulation::run(Duration time) {
  for (; time > Duration{0}; time -= options_.step) step();
}

}  // namespace ff::test
