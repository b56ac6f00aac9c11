#include "app/api/services/audit/calls.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "app/api/call.hpp"
#include "app/api/call_limits.hpp"
#include "app/api/services/audit/differences.hpp"
#include "app/api/services/audit/methods.hpp"
#include "app/api/services/audit/part.hpp"
#include "app/api/services/audit/secrets.hpp"

namespace ff::api {
namespace {

using audit::Record;
using google::protobuf::Message;

constexpr std::string_view role = "AUDIT_LOG";
/// Paths of secrets in one answer.
constexpr std::size_t keys_max = 256;

/// What a call has told, by entity and type: the last word counts.
class Trail final : public AuditTrail {
 public:
  void changed(const std::string& entity, const Message* before, const Message* after) override {
    const auto* known = after != nullptr ? after : before;
    if (known == nullptr) return;
    auto found = differences(entity, before, after);
    const std::scoped_lock lock(mutex_);
    changes_.insert_or_assign({entity, known->GetDescriptor()->full_name()}, std::move(found));
  }

  std::vector<audit::Change> take() {
    const std::scoped_lock lock(mutex_);
    std::vector<audit::Change> out;
    for (auto& [part, changes] : changes_) {
      const auto room = changes_max - std::min(out.size(), changes_max);
      const auto count = std::min(room, changes.size());
      out.insert(out.end(), std::make_move_iterator(changes.begin()),
                 std::make_move_iterator(changes.begin() + static_cast<std::ptrdiff_t>(count)));
    }
    return out;
  }

  /// Nobody has decided a change.
  bool is_silent() {
    const std::scoped_lock lock(mutex_);
    return changes_.empty();
  }

  Record intent;             // as begun
  std::uint64_t ticket = 0;  // of the log; 0: none yet

 private:
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::vector<audit::Change>> changes_;
};

audit::Credential credential_of(AuthInfo::Kind kind) {
  switch (kind) {
    case AuthInfo::Kind::api_key:
      return audit::Credential::api_key;
    case AuthInfo::Kind::access_token:
      return audit::Credential::access_token;
    case AuthInfo::Kind::session:
      return audit::Credential::session;
    case AuthInfo::Kind::gateway_token:
      return audit::Credential::gateway_token;
    case AuthInfo::Kind::cluster:
      return audit::Credential::cluster;
    case AuthInfo::Kind::none:
      break;
  }
  return audit::Credential::none;
}

void put_caller(const AuthInfo& caller, Record& record) {
  record.account = caller.account_id;
  record.credential = credential_of(caller.kind);
  record.credential_id = caller.token_id;
  record.is_admin = caller.is_admin;
}

/// What a record says of every call.
Record record_of(const Call& call, const Message& request) {
  Record record;
  record.method = call.method;
  record.remote_address = call.remote_address;
  record.request_id = call.request_id;
  auto entity = entity_of(request);
  constexpr std::string_view device = "end device:";
  if (entity.starts_with(device)) entity = "device:" + entity.substr(device.size());
  if (!entity.empty()) record.entities.push_back(std::move(entity));
  put_caller(call.auth, record);
  return record;
}

std::string outcome_of(const Status& status) {
  if (status) return std::string(audit::outcome_ok);
  const auto& def = status.error().def();
  return std::string(def.name_space) + ":" + std::string(def.name);
}

/// What a call has come to.
enum class Effect : std::uint8_t {
  possible,  // something has changed, or may have
  refused,   // nothing has, because of who calls
  failed,    // nothing has, because of what was asked for
};

Effect effect_of(const Status& outcome) {
  if (outcome) return Effect::possible;
  switch (outcome.error().code()) {
    case Code::invalid_argument:
    case Code::not_found:
    case Code::already_exists:
    case Code::failed_precondition:
    case Code::resource_exhausted:
    case Code::unimplemented:
      return Effect::failed;
    case Code::permission_denied:
    case Code::unauthenticated:
      return Effect::refused;
    default:
      return Effect::possible;
  }
}

/// What was decided may have been done, whatever has failed behind it.
bool is_refusal(Effect effect, Trail& trail) {
  return effect != Effect::possible && trail.is_silent();
}

/// It is recorded whoever is refused, and what somebody known to us tried; not what strangers send.
bool is_worth_a_record(Effect effect, const Record& record) {
  return effect != Effect::failed || record.credential != audit::Credential::none;
}

/// Where a record goes.
struct Place {
  std::optional<std::uint64_t> ticket;  // of the call's intent
  bool is_refusal = false;
};

void append(const CallAuditPorts& ports, Record record, const Place& place,
            CallAudit::Continuation then) {
  auto make = [&](actors::Reply<audit::Checkpoint> reply) {
    return audit::AppendRecord{std::move(record), place.ticket, std::move(reply), place.is_refusal};
  };
  ports.asker.ask<audit::Checkpoint>(ports.log.writer.get(), role, make,
                                     [then = std::move(then)](const auto& written) {
                                       if (!written) return then(fail(written.error()));
                                       then({});
                                     });
}

class AuditCalls final : public CallAudit {
 public:
  explicit AuditCalls(CallAuditPorts ports) : ports_(std::move(ports)) {}

  bool concerns(std::string_view method,
                const google::protobuf::Descriptor& response) const override {
    return is_change(method) || can_hold_secrets(response);
  }

  void begin(Call& call, const Message& request, Continuation then) override {
    if (!is_change(call.method)) return then({});
    auto trail = std::make_shared<Trail>();
    call.trail = trail;
    trail->intent = record_of(call, request);
    trail->intent.request = shown_json(request);
    with_caller(call, [ports = ports_, trail, then = std::move(then)](const AuthInfo& caller) {
      put_caller(caller, trail->intent);
      auto make = [&](actors::Reply<std::uint64_t> reply) {
        return audit::BeginCall{trail->intent, std::move(reply)};
      };
      ports.asker.ask<std::uint64_t>(ports.log.writer.get(), role, make,
                                     [trail, then](const Result<std::uint64_t>& ticket) {
                                       if (!ticket) return then(fail(ticket.error()));
                                       trail->ticket = *ticket;
                                       then({});
                                     });
    });
  }

  void end(const Call& call, const Message& request, const Status& outcome, const Message& response,
           Continuation then) override {
    std::vector<std::string> keys;
    if (outcome && can_hold_secrets(*response.GetDescriptor())) {
      for (auto& [path, secret] : secrets_in(response)) {
        if (keys.size() < keys_max) keys.push_back(path);
      }
    }
    if (call.trail) return end_change(call, outcome, std::move(keys), std::move(then));
    if (keys.empty()) return then({});
    auto record = record_of(call, request);
    record.action = audit::Action::key_access;
    record.keys = std::move(keys);
    record.outcome = audit::outcome_ok;
    with_caller(call, [ports = ports_, record, then = std::move(then)](const AuthInfo& caller) {
      auto whole = record;
      put_caller(caller, whole);
      append(ports, std::move(whole), {}, then);
    });
  }

  void record(const Call& call, const Message& request, Continuation then) override {
    auto record = record_of(call, request);
    record.request = shown_json(request);
    record.outcome = audit::outcome_ok;
    append(ports_, std::move(record), {}, std::move(then));
  }

 private:
  /// Who calls. Methods that are open have not asked; processes of the cluster have their own way.
  void with_caller(const Call& call, std::function<void(const AuthInfo&)> then) const {
    const auto authorization = call.find("authorization");
    if (call.auth.kind != AuthInfo::Kind::none || authorization.empty()) return then(call.auth);
    if (authorization.starts_with("ClusterKey")) {
      AuthInfo cluster;
      cluster.kind = AuthInfo::Kind::cluster;
      return then(cluster);
    }
    if (!ports_.authenticator) return then(call.auth);
    ports_.authenticator->authenticate(call.metadata,
                                       [then = std::move(then)](const Result<AuthInfo>& caller) {
                                         then(caller ? *caller : AuthInfo());
                                       });
  }

  void end_change(const Call& call, const Status& outcome, std::vector<std::string> keys,
                  Continuation then) const {
    auto& trail = static_cast<Trail&>(*call.trail);
    auto record = trail.intent;
    record.outcome = outcome_of(outcome);
    record.keys = std::move(keys);
    if (outcome) record.changes = trail.take();
    if (!record.changes.empty()) record.request.clear();
    const auto effect = effect_of(outcome);
    if (!is_worth_a_record(effect, record)) {
      if (const auto writer = ports_.log.writer.get())
        caf::anon_send(writer, audit::ForgoCall{trail.ticket});
      return then({});
    }
    append(ports_, std::move(record), {trail.ticket, is_refusal(effect, trail)}, std::move(then));
  }

  CallAuditPorts ports_;
};

}  // namespace

std::shared_ptr<CallAudit> make_call_audit(CallAuditPorts ports) {
  return std::make_shared<AuditCalls>(std::move(ports));
}

void record_part(const CallAuditPorts& ports, const Call& call, const Message& request,
                 const Status& outcome, CallAudit::Continuation then) {
  auto record = record_of(call, request);
  record.request = shown_json(request);
  record.outcome = outcome_of(outcome);
  append(ports, std::move(record), {}, std::move(then));
}

struct AuditedAct::State {
  std::shared_ptr<const CallAuditPorts> log;
  std::shared_ptr<Trail> trail = std::make_shared<Trail>();
};

AuditedAct::AuditedAct(std::shared_ptr<const CallAuditPorts> maybe_log, Record record) {
  if (!maybe_log) return;
  state_ = std::make_shared<State>();
  state_->log = std::move(maybe_log);
  state_->trail->intent = std::move(record);
}

std::shared_ptr<AuditTrail> AuditedAct::trail() const {
  return state_ ? state_->trail : nullptr;
}

void AuditedAct::write(const Status& outcome, CallAudit::Continuation then) const {
  if (!state_) return then({});
  auto record = state_->trail->intent;
  record.outcome = outcome_of(outcome);
  const Place place{{}, is_refusal(effect_of(outcome), *state_->trail)};
  if (outcome) record.changes = state_->trail->take();
  append(*state_->log, std::move(record), place, std::move(then));
}

}  // namespace ff::api
