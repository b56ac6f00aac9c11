#include "app/server/process/process.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <thread>

#include "app/server/crypto_client/crypto_client.hpp"
#include "app/server/own_kek/own_kek.hpp"
#include "app/server/process/device_locations.hpp"
#include "app/server/process/front_doors.hpp"
#include "app/server/process/identity.hpp"
#include "app/server/process/interop_clients.hpp"
#include "app/server/process/key_vault.hpp"
#include "app/server/process/log.hpp"
#include "app/server/process/migrate.hpp"
#include "app/server/process/rate_limits.hpp"
#include "app/server/process/reload.hpp"
#include "app/server/process/settings.hpp"
#include "app/server/process/signals.hpp"
#include "app/server/process/store_exit.hpp"
#include "app/server/process/version.hpp"
#include "app/server/sealed_rows/sealed_rows.hpp"
#include "net/address/free_address.hpp"
#include "net/child/child.hpp"
#include "net/runtime/runtime.hpp"
#include "net/stream/tcp.hpp"
#include "net/tls/private_file.hpp"
#include "net/udp/udp.hpp"
#include "storage/directory/open.hpp"

namespace ff::app {
namespace {

/// From SIGTERM to a forced end: the process is gone within ten seconds. [app/docs/operations.md
/// §2]
constexpr std::chrono::seconds drain_limit{9};
/// A window of copies, its commit, and the time that late copies are known.
constexpr std::chrono::milliseconds gateways_patience{1500};

/// Of `prepare`.
ExitCode exit_code_of_settings(const Error& error) {
  if (error.is(own_kek_missing) || error.is(own_kek_unusable)) return ExitCode::no_input;
  if (error.is(net::tls::file_unwritable)) return ExitCode::can_not_create;
  return ExitCode::configuration;
}

ExitCode give_up(const Error& error, ExitCode code) {
  if (code == ExitCode::ok) {
    spdlog::info("msg=\"farfield ends\" reason=\"{}\"", error.message());
  } else {
    spdlog::critical("msg=\"can not start\" error=\"{}\"", error.message());
  }
  spdlog::shutdown();
  return code;
}

/// Somebody has asked for the end: from now on a second signal, or an end that takes too long, ends
/// the process.
void limit_the_end() {
  arm_second_signal();
  force_end_after(drain_limit, static_cast<int>(ExitCode::internal));
}

/// Whether the end was asked for, of which the caller takes care.
bool ends_now() {
  if (!end_was_asked()) return false;
  limit_the_end();
  return true;
}

Result<storage::OpenStore> open_store(const config::Storage& settings, Random& random) {
  storage::StoreSettings store;
  if (auto count = storage::ShardCount::make(settings.shards)) store.shard_count = *count;
  FF_TRY(auto opened, storage::open_directory({.directory = settings.directory,
                                               .block_cache_bytes = settings.block_cache_bytes,
                                               .write_buffer_bytes = settings.write_buffer_bytes,
                                               .log =
                                                   [](std::string_view line) {
                                                     while (!line.empty() && line.back() == '\n')
                                                       line.remove_suffix(1);
                                                     spdlog::warn("msg=\"store\" line=\"{}\"",
                                                                  line);
                                                   }},
                                              store, random));
  FF_CHECK(migrate_store(*opened.engine, ends_now));
  return opened;
}

/// Before the node starts, which would take an address that is not free for a failing actor.
Status check_gateway_addresses(const NodeConfig& node) {
  using net::Transport;
  for (const auto& listener : node.udp) FF_CHECK(net::check_free(listener.local, Transport::udp));
  for (const auto& listener : node.basic_station)
    FF_CHECK(net::check_free(listener.local, Transport::tcp));
  for (const auto& listener : node.gateway_mqtt)
    FF_CHECK(net::check_free(listener.local, Transport::tcp));
  return {};
}

/// Gateways' listeners are part of the node; what they present is the doors'.
Status add_gateways(FrontDoors& doors, const config::Config& config, NodeConfig& node) {
  FF_CHECK(doors.load_certificates());
  FF_TRY(node.basic_station, basic_station_listeners(config.gs, doors.gateway_tls()));
  FF_TRY(node.gateway_mqtt, gateway_mqtt_listeners(config.gs, doors.gateway_tls()));
  return check_gateway_addresses(node);
}

/// Called as a member of our cluster.
Status add_crypto_server(const config::Config& config, actors::Metrics& metrics, NodeConfig& node) {
  const auto key = config.cluster_keys.empty() ? Bytes() : config.cluster_keys.front();
  FF_TRY(node.join_server.crypto_server, make_crypto_client(config.crypto_server, key, metrics));
  node.join_server.crypto_server_patience = config.crypto_server.timeout;
  return {};
}

std::size_t or_default(std::size_t configured, std::size_t by_default) {
  return configured > 0 ? configured : by_default;
}

std::size_t net_threads(const config::Process& process) {
  return or_default(process.net_threads, std::max(1U, std::thread::hardware_concurrency() / 2));
}

OwnKek own_kek_settings(const config::Config& config) {
  const auto& configured = config.key_vault.own_file;
  const auto labels = {config.ns.device_kek_label, config.as.device_kek_label,
                       config.js.device_kek_label};
  return {.file = configured.empty() ? config.storage.directory / "own-kek" : configured,
          .needed = std::ranges::any_of(labels, [](const std::string& label) {
            return label.empty() || label == own_kek_label;
          })};
}

/// From here on secrets in rows are sealed, under the key that devices' root keys are wrapped with.
void seal_rows(const config::Config& config, key_vault::LiveKeyVaultPtr vault,
               storage::OpenStore& store) {
  const auto& configured = config.js.device_kek_label;
  store.engine = std::make_unique<SealedRows>(
      std::move(store.engine), std::move(vault),
      configured.empty() ? std::string(own_kek_label) : configured, make_secure_random);
}

/// What the configuration makes, before anything runs.
struct Prepared {
  NodeConfig node;
  std::unique_ptr<net::http_client::HttpClient> webhooks;
  std::unique_ptr<net::http_client::HttpClient> packages;
  std::unique_ptr<net::broker_client::BrokerClient> brokers;
  InteropClients interop;
  bool own_kek_is_configured = false;
};
Result<Prepared> prepare(const config::Config& config, net::EventLoop& loop,
                         storage::OpenStore& store, Random& random) {
  Prepared out;
  FF_TRY(out.node, node_config(config, store.identity.counter_jump.value()));
  out.own_kek_is_configured = out.node.key_vault->current()->contains(own_kek_label);
  FF_CHECK(add_own_kek(own_kek_settings(config), *store.engine, random, *out.node.key_vault));
  seal_rows(config, out.node.key_vault, store);
  FF_TRY(auto http, webhook_client_options(config.as.webhooks));
  FF_TRY(out.webhooks, net::http_client::make_http_client(std::move(http)));
  FF_TRY(auto packages, packages_client_options(config.as));
  FF_TRY(out.packages, net::http_client::make_http_client(std::move(packages)));
  FF_TRY(auto brokers, broker_client_options(config.as.pubsub));
  FF_TRY(out.brokers, net::broker_client::make_broker_client(std::move(brokers)));
  FF_TRY(out.interop, add_interop_clients(config, loop, out.node));
  return out;
}

/// CAF as the notes on it demand: policy sharing, bounded turns. [shared/design/caf-notes.md §2.9]
void set_up_actors(caf::actor_system_config& config, const config::Process& process) {
  const auto cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", or_default(process.threads, cores));
  config.set("scheduler.max-throughput", std::size_t{64});
}

/// Notes the first reason and wakes the main thread. `exit_code` outlives the node.
std::function<void(ExitCode, const std::string&)> ends_process(std::atomic<ExitCode>& exit_code) {
  return [&exit_code](ExitCode code, const std::string& reason) {
    auto none_yet = ExitCode::ok;
    if (!exit_code.compare_exchange_strong(none_yet, code)) return;
    spdlog::critical("msg=\"the process has to end\" reason=\"{}\"", reason);
    wake_signals();
  };
}

/// Whether a server could start with them, as far as that can be told without its store.
Status check_settings(const config::Config& config) {
  FF_TRY(const auto node, node_config(config, 0));
  FF_TRY(const auto webhooks, webhook_client_options(config.as.webhooks));
  FF_TRY(const auto packages, packages_client_options(config.as));
  FF_TRY(const auto brokers, broker_client_options(config.as.pubsub));
  return {};
}

std::unique_ptr<Node> start_node(NodePorts ports, NodeConfig config) {
  try {
    return Node::start(std::move(ports), std::move(config));
  } catch (const std::exception& failure) {
    spdlog::critical("msg=\"can not start\" error=\"{}\"", failure.what());
    _exit(static_cast<int>(ExitCode::unavailable));
  }
}

/// Everything is durable and the store is closed: nothing is left to lose. CAF 0.17's own shutdown
/// can hang when detached actors end late. [shared/design/caf-notes.md §2.8]
[[noreturn]] void end_process(ExitCode code) {
  spdlog::info("msg=\"farfield ends\" code={}", static_cast<int>(code));
  spdlog::shutdown();
  _exit(static_cast<int>(code));
}

void begin_log(const config::Config& config) {
  set_up_log(config.log);
  spdlog::info("msg=\"farfield starts\" version={} directory={}", version,
               config.storage.directory.string());
}

void open_or_exit(FrontDoors& doors, const Node& node) {
  if (const auto opened = doors.open(node.routes()); !opened) {
    spdlog::critical("msg=\"can not start\" error=\"{}\"", opened.error().message());
    _exit(static_cast<int>(ExitCode::unavailable));
  }
  spdlog::info("msg=\"farfield serves\"");
}

/// Who takes settings over while the server runs. Everything outlives them.
std::vector<SettingsTaker> takers(const std::shared_ptr<key_vault::LiveKeyVault>& vault,
                                  const std::shared_ptr<net::RateLimiter>& limiter,
                                  actors::Metrics& metrics) {
  using Step = std::function<void()>;
  return {{{"log.format", "log.level"},
           [](const config::Config& wanted) {
             return Result<Step>([log = wanted.log] { change_log(log); });
           }},
          {{"rate-limiting.memory.max-size", "rate-limiting.profiles"},
           [limiter, &metrics](const config::Config& wanted) {
             return prepare_rate_limits(*limiter, wanted.rate_limiting, metrics);
           }},
          {{"key-vault.static"}, [vault](const config::Config& wanted) {
             return prepare_configured_keys(vault, wanted.key_vault);
           }}};
}

/// New generations of our own key have no setting: they lie in its file.
SettingsTaker own_kek_taker(OwnKek own, storage::Engine& engine,
                            const std::shared_ptr<key_vault::LiveKeyVault>& vault) {
  return {{}, [own = std::move(own), &engine, vault](const config::Config&) {
            return prepare_own_kek(own, engine, vault);
          }};
}

ReloadPorts reload_ports(LoadConfig load_again, const config::Config& config,
                         const Prepared& prepared, storage::Engine& engine,
                         const std::shared_ptr<net::RateLimiter>& limiter, const FrontDoors& doors,
                         actors::Metrics& metrics) {
  const auto& vault = prepared.node.key_vault;
  auto all = takers(vault, limiter, metrics);
  if (!prepared.own_kek_is_configured)
    all.push_back(own_kek_taker(own_kek_settings(config), engine, vault));
  return {.load = std::move(load_again),
          .check = check_settings,
          .takers = std::move(all),
          .on_changed = [&doors](const config::Config& now) { doors.settings_changed(now); },
          .metrics = metrics};
}

void wait_for_the_end(Reload& reload) {
  while (wait_for_signal() == Asked::to_reload) ignore(reload.run(), "it has been logged");
  limit_the_end();
}

/// Inputs first; then the actors, whose committed effects are released; the store closes last.
void drain(caf::actor_system& system, FrontDoors& doors, std::unique_ptr<Node> node) {
  spdlog::info("msg=\"draining\"");
  node->stop_gateways(gateways_patience);
  doors.close();
  node->stop();
  actors::stop_and_wait(system, node->root());
}

}  // namespace

ExitCode run_server(const config::Config& config, LoadConfig load_again) {
  begin_log(config);
  auto random = make_secure_random();
  auto store = open_store(config.storage, *random);
  if (!store) return give_up(store.error(), exit_code_of_store(store.error()));
  net::Runtime runtime(net_threads(config.process));
  auto prepared = prepare(config, runtime.next_loop(), *store, *random);
  if (!prepared) return give_up(prepared.error(), exit_code_of_settings(prepared.error()));

  actors::Metrics metrics;
  auto datagrams = net::make_udp_network(runtime);
  auto streams = net::make_tcp_network(runtime);
  const auto children = net::make_child_runner();
  caf::actor_system_config actor_config;
  set_up_actors(actor_config, config.process);
  caf::actor_system system(actor_config);
  const auto clock = actors::make_system_clock();
  auto rate_limiter = make_rate_limiter(config.rate_limiting, clock, metrics, *random);
  if (!rate_limiter) return give_up(rate_limiter.error(), ExitCode::configuration);
  if (const auto added = add_crypto_server(config, metrics, prepared->node); !added)
    return give_up(added.error(), ExitCode::configuration);
  std::atomic<ExitCode> exit_code{ExitCode::ok};

  FrontDoors doors({.config = config,
                    .system = system,
                    .clock = clock,
                    .metrics = metrics,
                    .streams = *streams,
                    .store = *store->engine,
                    .loop = runtime.next_loop(),
                    .http_client = *prepared->webhooks,
                    .rate_limiter = *rate_limiter,
                    .key_vault = prepared->node.key_vault,
                    .interop = prepared->interop,
                    .on_fatal = ends_process(exit_code)});
  if (const auto added = add_gateways(doors, config, prepared->node); !added)
    return give_up(added.error(), ExitCode::unavailable);
  const KeyVaultWatch key_vault_watch(runtime.next_loop(), config.key_vault,
                                      prepared->node.key_vault, metrics);
  Reload reload(config, reload_ports(std::move(load_again), config, *prepared, *store->engine,
                                     *rate_limiter, doors, metrics));
  auto node = start_node({.system = &system,
                          .clock = clock,
                          .make_random = make_secure_random,
                          .metrics = &metrics,
                          .engine = store->engine.get(),
                          .shard_count = store->identity.shard_count,
                          .datagrams = datagrams.get(),
                          .streams = streams.get(),
                          .http_client = prepared->webhooks.get(),
                          .packages_client = prepared->packages.get(),
                          .children = children.get(),
                          .broker_client = prepared->brokers.get(),
                          .rate_limiter = *rate_limiter,
                          .own_threads = true,
                          .publish = doors.publish(),
                          .publish_of_gateways = doors.publish_of_gateways(),
                          .read_locations = registered_locations,
                          .entity_changed = doors.entity_changed(),
                          .on_fatal = ends_process(exit_code)},
                         std::move(prepared->node));
  runtime.start();
  doors.make_first_accounts(node->routes(), *random);
  open_or_exit(doors, *node);
  wait_for_the_end(reload);
  drain(system, doors, std::move(node));
  runtime.stop();
  store->engine.reset();
  end_process(exit_code);
}

}  // namespace ff::app
