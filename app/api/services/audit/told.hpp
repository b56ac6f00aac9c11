// Changes that are decided in actors, as functions of what is there, and tell a call's audit trail
// what they are.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "app/api/call.hpp"
#include "app/api/call_audit.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::api {

/// As records of the audit log name it.
inline std::string audit_name(const DeviceUid& uid) {
  return "device:" + to_string(uid);
}
inline std::string audit_name(const ApplicationId& id) {
  return "application:" + id.text();
}

/// Tells that `before` is gone. `show` makes the API's message of it.
template <class T, class Show>
void tell_deletion(const Call& call, const std::string& entity, const T& before, Show show) {
  if (!call.trail) return;
  const auto message = show(before);
  call.trail->changed(entity, &message, nullptr);
}

/// `change`, a function of `const T*` (null: there is none) to `Result<T>`, that tells what it
/// makes.
template <class T, class Show, class Change>
auto told(const std::shared_ptr<const Call>& call, std::string entity, Show show, Change change) {
  return [trail = call->trail, entity = std::move(entity), show = std::move(show),
          change = std::move(change)](const T* current) -> Result<T> {
    auto next = change(current);
    if (!trail || !next) return next;
    const auto after = show(*next);
    if (current == nullptr) {
      trail->changed(entity, nullptr, &after);
    } else {
      const auto before = show(*current);
      trail->changed(entity, &before, &after);
    }
    return next;
  };
}

}  // namespace ff::api
