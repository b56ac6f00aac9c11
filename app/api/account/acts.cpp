#include "app/api/account/acts.hpp"

namespace ff::api::account {

AuditedAct act_of(const VisitPtr& visit, std::string_view method, const std::string& user_id) {
  audit::Record record;
  record.action = audit::Action::login;
  record.method = method;
  record.account = "user:" + user_id;
  record.entities = {record.account};
  record.remote_address = visit->address();
  const auto& session = visit->session();
  if (session && session->user_id == user_id) {
    record.credential = audit::Credential::session;
    record.credential_id = visit->session_id();
  }
  if (!visit->correlation_ids().empty()) {
    const auto& cause = visit->correlation_ids().front();
    record.request_id = cause.substr(cause.rfind(':') + 1);
  }
  return AuditedAct(visit->ports().audit, std::move(record));
}

void change_recorded(const VisitPtr& visit, const AuditedAct& act,
                     identity_server::ChangeEntities change, actors::Reply<Entities> then) {
  auto changed = [act, then = std::move(then)](const Result<Entities>& done) {
    if (!done) return then(fail(done.error()));
    act.write({}, [then, entities = *done](const Status& recorded) {
      if (!recorded) return then(fail(recorded.error()));
      then(entities);
    });
  };
  visit->ports().identity.telling(act.trail()).change(std::move(change), std::move(changed));
}

}  // namespace ff::api::account
