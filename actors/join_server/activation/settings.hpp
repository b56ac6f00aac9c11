// What an application's owner has set for the activation of its devices. Values. [spec join-server
// §9]
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "protocol/base/result.hpp"
#include "protocol/types/application_messages.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::join_server::activation {

struct Settings {
  std::string kek_label;  // of `kek`, as application servers know it
  KeyEnvelope kek;        // what AppSKeys are wrapped with; empty: none
  std::optional<NetId> home_net_id;
  std::string application_server_id;
  bool operator==(const Settings&) const = default;
};

/// Immutable: all applications'. Those whose KEK can not be unwrapped are the error that says why.
using SettingsMap = std::map<ApplicationId, Result<Settings>>;
using SettingsMapPtr = std::shared_ptr<const SettingsMap>;

/// Null if there are none for the application, or no map. Error: they are there and can not be
/// read, so that nothing may be done as if there were none.
inline Result<const Settings*> find(const SettingsMapPtr& map, const ApplicationId& application) {
  if (!map) return nullptr;
  const auto found = map->find(application);
  if (found == map->end()) return nullptr;
  if (!found->second) return fail(found->second.error());
  return &*found->second;
}

}  // namespace ff::join_server::activation
