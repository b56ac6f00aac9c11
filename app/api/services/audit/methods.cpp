#include "app/api/services/audit/methods.hpp"

#include <algorithm>
#include <array>

namespace ff::api {
namespace {

/// How names of methods begin that change something.
constexpr std::array verbs = std::to_array<std::string_view>({
    "Authorize", "BatchDelete", "BatchUnclaim", "BatchUpdate",
    "Cancel",    "Claim",       "CloseSession", "Create",
    "Delete",    "Deregister",  "Discard",      "ForceRejoin",
    "Import",    "IssueDevEUI", "OpenShell",    "Provision",
    "Purge",     "Redeliver",   "Register",     "Replay",
    "Reset",     "Restore",     "RunCommand",   "Scan",
    "Send",      "Set",         "StartFrom",    "Unauthorize",
    "Unclaim",   "Update",      "Validate",     "RequestValidation",
});
/// A notice to users, and their mark that it was read; what the network server heard of devices.
constexpr std::array no_changes =
    std::to_array<std::string_view>({"ttn.lorawan.v3.EndDeviceRegistry/BatchUpdateLastSeen",
                                     "ttn.lorawan.v3.NotificationService/Create",
                                     "ttn.lorawan.v3.NotificationService/UpdateStatus"});

}  // namespace

bool is_change(std::string_view method) noexcept {
  if (std::ranges::find(no_changes, method) != no_changes.end()) return false;
  const auto name = method.substr(method.find('/') + 1);
  return std::ranges::any_of(verbs,
                             [name](std::string_view verb) { return name.starts_with(verb); });
}

}  // namespace ff::api
