// `relays`: settings of relays and what they forward. [spec cli §4]
#include "app/cli/entity/method_command.hpp"
#include "app/cli/live/live_commands.hpp"

namespace ff::cli {
namespace {

struct Row {
  const char* group;
  const char* name;
  const char* method;  ///< Of NsRelayConfigurationService.
  const char* body;
  const char* summary;
  bool has_index;
};

constexpr const char* rules = "relays uplink-forwarding-rules";
constexpr Row rows[] = {
    {"relays", "get", "GetRelay", "", "get a relay", false},
    {"relays", "create", "CreateRelay", "settings", "make an end device a relay", false},
    {"relays", "update", "UpdateRelay", "settings", "set fields of a relay", false},
    {"relays", "delete", "DeleteRelay", "", "a relay no longer", false},
    {rules, "list", "ListRelayUplinkForwardingRules", "", "list rules", false},
    {rules, "get", "GetRelayUplinkForwardingRule", "", "get a rule", true},
    {rules, "create", "CreateRelayUplinkForwardingRule", "rule", "create a rule", true},
    {rules, "update", "UpdateRelayUplinkForwardingRule", "rule", "set fields of a rule", true},
    {rules, "delete", "DeleteRelayUplinkForwardingRule", "", "delete a rule", true},
};

}  // namespace

void add_relay_commands(Command& root) {
  for (const auto& row : rows) {
    std::vector<std::string> words = {"application-id", "device-id"};
    if (row.has_index) words.emplace_back("index");
    add_method_command(
        root, {.group = row.group,
               .name = row.name,
               .summary = row.summary,
               .shape = {"NsRelayConfigurationService/" + std::string(row.method), row.body, {}},
               .words = words});
  }
  group_at(root, "relays").summary = "end devices that relay others";
  group_at(root, rules).summary = "whom a relay forwards";
}

}  // namespace ff::cli
