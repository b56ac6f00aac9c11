#include "app/server/accounts/offline.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <future>
#include <optional>
#include <thread>

#include "actors/audit/supervisor.hpp"
#include "actors/identity_server/supervisor/supervisor.hpp"
#include "app/api/services/audit/calls.hpp"
#include "app/api/services/identity/identity.hpp"

namespace ff::app {
namespace {

constexpr std::chrono::seconds patience{30};

struct Actors : caf::actor_system_config {
  Actors() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
  }
};

template <class Handle>
void end(caf::actor_system& system, const Handle& handle) {
  if (!handle) return;
  caf::scoped_actor self(system);
  self->send_exit(handle, caf::exit_reason::user_shutdown);
  self->wait_for(handle);
}

}  // namespace

struct OfflineAccounts::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    identity.reset();
    audit_ports.reset();
    end(system, supervisor);
    end(system, audit_supervisor);
    supervisor = nullptr;
    audit_supervisor = nullptr;
    routes = {};
    end(system, deps.committer.get());
    end(system, deps.loader.get());
    end(system, deps.ticker.get());
    deps = {};
  }

  void start_support(storage::Engine& store) {
    deps.clock = actors::make_system_clock();
    deps.metrics = &metrics;
    deps.make_random = make_secure_random;
    deps.ticker.set(actors::spawn_ticker(system, deps.clock));
    deps.committer.set(actors::spawn_committer(system, {.engine = &store,
                                                        .metrics = &metrics,
                                                        .clock = deps.clock,
                                                        .on_store_failed = {},
                                                        .own_thread = false}));
    deps.loader.set(actors::spawn_loader(system, {.store = &store, .own_thread = false}));
  }
  void start_audit(storage::Engine& store, const config::Audit& settings) {
    if (!settings.enable) return;
    audit::AuditConfig log;
    log.deps = deps;
    log.store = &store;
    log.log.keys = settings.keys;
    log.retention = settings.retention;
    log.own_thread = false;
    const audit::Routes to_log{};
    audit_supervisor = audit::start(system, std::move(log), to_log, [](const std::string&) {});
    audit_ports = std::make_shared<const api::CallAuditPorts>(api::CallAuditPorts{
        .asker = api::Asker({}, patience), .log = to_log, .authenticator = nullptr});
  }
  void start_registry(storage::Engine& store) {
    supervisor = identity_server::spawn_identity_server(
        system, {.deps = deps, .store = &store, .own_thread = false, .changed = {}}, routes,
        [](const std::string&) {});
    while (!routes.registry.get()) std::this_thread::yield();
    identity.emplace(api::Asker({}, patience), routes);
  }

  Actors actor_config;
  actors::Metrics metrics;
  caf::actor_system system{actor_config};
  actors::Deps deps;
  identity_server::Routes routes;
  caf::actor supervisor;
  caf::actor audit_supervisor;
  std::shared_ptr<const api::CallAuditPorts> audit_ports;  // null: no log is kept
  std::optional<api::Identity> identity;
};

OfflineAccounts::OfflineAccounts(storage::Engine& store, const config::Audit& audit)
    : state_(std::make_unique<State>()) {
  state_->start_support(store);
  state_->start_audit(store, audit);
  state_->start_registry(store);
}
OfflineAccounts::~OfflineAccounts() = default;

Status OfflineAccounts::change(identity_server::ChangeEntities change, const std::string& method,
                               const std::string& entity) const {
  audit::Record record;
  record.action = audit::Action::change;
  record.method = method;
  record.credential = audit::Credential::system;
  record.entities = {entity};
  const api::AuditedAct act(state_->audit_ports, std::move(record));
  auto answered = std::make_shared<std::promise<Status>>();
  auto future = answered->get_future();
  auto done = [answered](const Status& status) { answered->set_value(status); };
  state_->identity->telling(act.trail())
      .change(std::move(change),
              [act, done](const Result<std::vector<identity_server::EntityPtr>>& changed) {
                if (!changed) return done(fail(changed.error()));
                act.write({}, done);
              });
  if (future.wait_for(patience) != std::future_status::ready) return fail(offline_timeout);
  return future.get();
}

}  // namespace ff::app
