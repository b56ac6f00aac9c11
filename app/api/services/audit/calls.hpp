// Calls into the audit log: an intent before a call that changes something is handled, a record
// before its caller is answered; a record of every answer with keys in it. Not the log
// (actors/audit).
#pragma once

#include <memory>

#include "actors/audit/interface.hpp"
#include "app/api/call_audit.hpp"
#include "app/api/services/base/asker.hpp"

namespace ff::api {

class Authenticator;

struct CallAuditPorts {
  Asker asker;
  audit::Routes log;
  /// For methods that are open to everyone, and yet somebody calls them.
  std::shared_ptr<Authenticator> authenticator;
};

std::shared_ptr<CallAudit> make_call_audit(CallAuditPorts ports);

/// What happened outside of a call, such as a login: `trail` collects what changes, and `write`
/// makes the record.
class AuditedAct {
 public:
  /// `log` null: nothing is recorded.
  AuditedAct(std::shared_ptr<const CallAuditPorts> maybe_log, audit::Record record);

  /// For Identity::telling(); null: nothing is recorded.
  std::shared_ptr<AuditTrail> trail() const;
  /// `then` is called when the record is durable.
  void write(const Status& outcome, CallAudit::Continuation then) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ff::api
