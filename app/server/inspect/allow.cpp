// Who may inspect.
#include "app/api/services/identity/identity.hpp"
#include "app/server/inspect/page.hpp"

namespace ff::app {
namespace {

using identity_server::AuthInfoPtr;
using identity_server::Right;

constexpr ErrorDef no_admin{"pkg/auth/rights", "no_admin", Code::permission_denied, "no admin"};

/// An administrator's key may be restricted: it has to be fit for what is shown.
bool may_inspect(const identity_server::AuthInfo& caller) {
  const identity_server::RightSet needed{
      Right::application_devices_read, Right::application_traffic_read, Right::gateway_status_read};
  return caller.is_admin && caller.universal_rights.has_all(needed);
}

}  // namespace

AllowInspection allow_administrators(const api::Asker& asker,
                                     const identity_server::Routes& routes) {
  return [identity = api::Identity(asker, routes)](const std::string& authorization,
                                                   actors::Reply<void> then) {
    api::CallMetadata metadata;
    if (!authorization.empty()) metadata.emplace("authorization", authorization);
    identity.caller(metadata, [then = std::move(then)](const Result<AuthInfoPtr>& caller) {
      if (!caller) return then(fail(caller.error()));
      then(may_inspect(**caller) ? Status() : Status(fail(no_admin)));
    });
  };
}

}  // namespace ff::app
