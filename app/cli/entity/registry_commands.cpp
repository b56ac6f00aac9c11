// What all kinds of entities have: list, search, get, create, set, delete, restore, purge, rights,
// collaborators and API keys.
#include "app/cli/entity/entity_commands.hpp"
#include "app/cli/entity/gateway.hpp"
#include "app/cli/entity/method_command.hpp"
#include "app/cli/entity/user.hpp"

namespace ff::cli {
namespace {

struct Kind {
  std::string group;    ///< `applications`
  std::string name;     ///< `application`, also of the body in requests
  std::string service;  ///< `Application`, before Registry and Access
  std::string plural;   ///< `Applications`, of the search
  bool has_collaborators = true;
  bool has_keys = true;
};

std::vector<Kind> kinds() {
  return {{"applications", "application", "Application", "Applications"},
          {"clients", "client", "Client", "Clients", true, false},
          {"gateways", "gateway", "Gateway", "Gateways"},
          {"organizations", "organization", "Organization", "Organizations"},
          {"users", "user", "User", "Users", false}};
}

std::string id_of(const Kind& kind) {
  return kind.name + "-id";
}

void add_reading(Command& root, const Kind& kind) {
  const auto registry = kind.service + "Registry/";
  add_method_command(root, {.group = kind.group,
                            .name = "list",
                            .summary = "list " + kind.group,
                            .shape = {registry + "List", "", {}},
                            .words = {}});
  add_method_command(root, {.group = kind.group,
                            .name = "search",
                            .summary = "search for " + kind.group,
                            .shape = {"EntityRegistrySearch/Search" + kind.plural, "", {}},
                            .words = {"query"}});
  MethodCommand get{.group = kind.group,
                    .name = "get",
                    .summary = "get the " + kind.name,
                    .shape = {registry + "Get", "", {}},
                    .words = {id_of(kind)}};
  if (kind.name == "gateway") find_gateway_by_eui(get);
  add_method_command(root, std::move(get));
}

void add_writing(Command& root, const Kind& kind) {
  const auto registry = kind.service + "Registry/";
  MethodCommand create{.group = kind.group,
                       .name = "create",
                       .summary = "create a " + kind.name + "; several from standard input",
                       .shape = {registry + "Create", kind.name, {}},
                       .words = {id_of(kind)}};
  create.needs_collaborator = kind.has_collaborators;
  if (kind.name == "gateway") complete_new_gateway(create);
  if (kind.name == "user") complete_new_user(create);
  add_method_command(root, std::move(create));

  MethodCommand set{.group = kind.group,
                    .name = "set",
                    .summary = "set fields of the " + kind.name,
                    .shape = {registry + "Update", kind.name, {}},
                    .words = {id_of(kind)},
                    .read_method = registry + "Get"};
  if (kind.name == "gateway") edit_antennas(set);
  add_method_command(root, std::move(set));
}

void add_ends(Command& root, const Kind& kind) {
  const auto registry = kind.service + "Registry/";
  const auto add = [&](const char* name, const char* method, const std::string& summary,
                       const std::string& question) {
    add_method_command(root, {.group = kind.group,
                              .name = name,
                              .summary = summary,
                              .shape = {registry + method, "", {}},
                              .words = {id_of(kind)},
                              .question = question});
  };
  add("delete", "Delete", "delete the " + kind.name + "; it can be restored for a while", "");
  add("restore", "Restore", "restore the deleted " + kind.name, "");
  add("purge", "Purge", "delete the " + kind.name + " for good (administrators)",
      "purge this " + kind.name + "?");
  add_method_command(root, {.group = kind.group,
                            .name = "rights",
                            .summary = "list the caller's rights on the " + kind.name,
                            .shape = {kind.service + "Access/ListRights", "", {}},
                            .words = {id_of(kind)}});
}

void add_collaborators(Command& root, const Kind& kind) {
  const auto access = kind.service + "Access/";
  const auto add = [&](const char* name, const char* method, const char* summary,
                       const std::string& body, bool names_one) {
    add_method_command(root, {.group = kind.group + " collaborators",
                              .name = name,
                              .summary = summary,
                              .shape = {access + method, body, {}},
                              .words = {id_of(kind)},
                              .needs_collaborator = names_one});
  };
  add("list", "ListCollaborators", "list collaborators", "", false);
  add("get", "GetCollaborator", "get a collaborator", "", true);
  add("set", "SetCollaborator", "set the rights of a collaborator", "collaborator", true);
  add("delete", "DeleteCollaborator", "take all rights from a collaborator", "", true);
}

void add_keys(Command& root, const Kind& kind) {
  const auto access = kind.service + "Access/";
  const std::vector<Rename> renames = {{"key_id", "api-key-id"}, {"id", "api-key-id"}};
  const auto add = [&](const char* name, const char* method, const char* summary,
                       const std::string& body, const std::vector<std::string>& more_words) {
    std::vector<std::string> words = {id_of(kind)};
    words.insert(words.end(), more_words.begin(), more_words.end());
    add_method_command(root, {.group = kind.group + " api-keys",
                              .name = name,
                              .summary = summary,
                              .shape = {access + method, body, renames},
                              .words = words});
  };
  add("list", "ListAPIKeys", "list API keys", "", {});
  add("get", "GetAPIKey", "get an API key", "", {"api-key-id"});
  add("create", "CreateAPIKey", "create an API key; it is shown this once", "", {});
  add("set", "UpdateAPIKey", "set fields of an API key", "api_key", {"api-key-id"});
  add("delete", "DeleteAPIKey", "delete an API key", "", {"api-key-id"});
}

}  // namespace

void add_registry_commands(Command& root) {
  for (const auto& kind : kinds()) {
    group_at(root, kind.group).summary = "commands of " + kind.group;
    add_reading(root, kind);
    add_writing(root, kind);
    add_ends(root, kind);
    if (kind.has_collaborators) {
      group_at(root, kind.group + " collaborators").summary = "who may do what";
      add_collaborators(root, kind);
    }
    if (!kind.has_keys) continue;
    group_at(root, kind.group + " api-keys").summary = "API keys of the " + kind.name;
    add_keys(root, kind);
  }
}

void add_entity_commands(Command& root) {
  add_registry_commands(root);
  add_gateway_commands(root);
  add_user_commands(root);
  add_notification_commands(root);
  add_integration_commands(root);
  add_audit_commands(root);
}

}  // namespace ff::cli
