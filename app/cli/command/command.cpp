#include "app/cli/command/command.hpp"

#include <algorithm>

namespace ff::cli {
namespace {

struct Aliases {
  std::string_view name;
  std::vector<std::string> aliases;
};

/// [spec cli §3, §4]
std::vector<std::string> aliases_of(std::string_view path, std::string_view name) {
  static const std::vector<Aliases> everywhere = {
      {"list", {"ls"}},
      {"get", {"info"}},
      {"create", {"add", "register"}},
      {"set", {"update"}},
      {"delete", {"del", "remove", "rm"}},
      {"purge", {"permanent-delete", "hard-delete"}},
      {"applications", {"application", "apps", "app", "a"}},
      {"clients", {"client", "cli", "c"}},
      {"end-devices", {"end-device", "devices", "device", "dev", "ed", "d"}},
      {"events", {"event", "evt", "e"}},
      {"gateways", {"gateway", "gtw", "g"}},
      {"organizations", {"organization", "org", "o"}},
      {"users", {"user", "usr", "u"}},
      {"simulate", {"sim"}},
      {"collaborators", {"collaborator", "members", "member"}},
      {"api-keys", {"api-key", "keys", "key"}},
      {"webhooks", {"webhook"}},
      {"pubsubs", {"pubsub", "ps"}},
      {"packages", {"package", "pkg"}},
      {"associations", {"assoc"}},
      {"default-associations", {"def-assoc"}},
      {"subscribe", {"sub"}},
      {"find-related", {"related"}},
      {"issue-dev-eui", {"dev-eui"}},
      {"get-connection-stats", {"connection-stats", "stats"}},
      {"list-frequency-plans", {"frequency-plans", "fps"}},
      {"use-external-join-server", {"use-ext-js"}},
      {"email-validations", {"ev"}},
      {"update-password", {"change-password"}},
      {"relays", {"relay", "r"}},
      {"uplink-forwarding-rules", {"ufr"}},
  };
  const auto found = std::ranges::find(everywhere, name, &Aliases::name);
  auto aliases = found == everywhere.end() ? std::vector<std::string>() : found->aliases;
  if (name == "create" && path.ends_with("api-keys")) aliases.emplace_back("generate");
  return aliases;
}

}  // namespace

std::string Arguments::text(std::string_view name) const {
  const auto found = flags.find(name);
  return found == flags.end() || found->second.empty() ? "" : found->second.back();
}

std::vector<std::string> Arguments::texts(std::string_view name) const {
  const auto found = flags.find(name);
  return found == flags.end() ? std::vector<std::string>() : found->second;
}

bool Arguments::flag(std::string_view name, bool otherwise) const {
  return has(name) ? text(name) == "true" : otherwise;
}

const Command* find_child(const Command& command, std::string_view name) {
  for (const auto& child : command.children) {
    if (child.name == name || std::ranges::find(child.aliases, name) != child.aliases.end())
      return &child;
  }
  return nullptr;
}

Command& group_at(Command& root, std::string_view path) {
  auto* place = &root;
  std::string above;
  while (!path.empty()) {
    const auto space = std::min(path.find(' '), path.size());
    const auto name = path.substr(0, space);
    path.remove_prefix(std::min(space + 1, path.size()));
    auto found = std::ranges::find(place->children, name, &Command::name);
    if (found == place->children.end()) {
      Command group;
      group.name = name;
      group.aliases = aliases_of(above, name);
      place->children.push_back(std::move(group));
      found = std::prev(place->children.end());
    }
    place = &*found;
    above = place->name;
  }
  return *place;
}

Command& add_command(Command& root, std::string_view path, Command command) {
  auto& group = group_at(root, path);
  for (auto& alias : aliases_of(path, command.name)) command.aliases.push_back(std::move(alias));
  const auto same = std::ranges::find(group.children, command.name, &Command::name);
  if (same != group.children.end()) {
    // A group that is a command, too: `events` and `events find-related`.
    command.children = std::move(same->children);
    *same = std::move(command);
    return *same;
  }
  group.children.push_back(std::move(command));
  return group.children.back();
}

}  // namespace ff::cli
