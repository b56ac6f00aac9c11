#include "app/cli/device/device_commands.hpp"

#include <google/protobuf/empty.pb.h>

#include <algorithm>

#include "app/cli/device/device_calls.hpp"
#include "app/cli/device/device_flags.hpp"
#include "app/cli/entity/method_command.hpp"
#include "app/cli/message/set_text.hpp"
#include "app/cli/session/session.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

DeviceCalls calls_of(Session& session) {
  return {session.api(), session.config(), [&](std::string_view text) { session.warn(text); }};
}

Status get(Session& session, const Arguments& arguments) {
  pb::EndDeviceIdentifiers ids;
  FF_CHECK(require_ids(arguments, ids));
  auto paths = selected_device_paths(arguments);
  if (paths.empty()) {
    session.inform("no fields selected, selecting all");
    auto all = arguments;
    all.flags["all"] = {"true"};
    paths = selected_device_paths(all);
  }
  FF_TRY(const auto device, calls_of(session).get(ids, paths));
  return session.printer().item(*device);
}

/// Locations of other sources stay. [spec cli §6]
Status read_locations(Session& session, const Arguments& arguments, pb::EndDevice& device) {
  const bool is_needed = std::ranges::any_of(
      arguments.flags, [](const auto& flag) { return flag.first.starts_with("location."); });
  if (!is_needed && !arguments.has("attributes")) return {};
  FF_TRY(const auto present,
         calls_of(session).get(device.ids(), std::vector<std::string>{"locations", "attributes"}));
  if (is_needed) *device.mutable_locations() = present->locations();
  *device.mutable_attributes() = present->attributes();
  return {};
}

/// Given ones into those there are; an empty value takes one away. [spec cli §3]
void merge_attributes(const Arguments& arguments,
                      const google::protobuf::Map<std::string, std::string>& present,
                      pb::EndDevice& device) {
  if (!arguments.has("attributes")) return;
  auto merged = present;
  for (const auto& [key, value] : device.attributes()) {
    if (value.empty()) {
      merged.erase(key);
    } else {
      merged[key] = value;
    }
  }
  *device.mutable_attributes() = merged;
}

Status set(Session& session, const Arguments& arguments) {
  pb::EndDevice device;
  FF_CHECK(require_ids(arguments, *device.mutable_ids()));
  FF_CHECK(read_locations(session, arguments, device));
  const auto present = device.attributes();
  std::vector<std::string> paths;
  FF_CHECK(apply_device_flags(arguments, device, paths));
  merge_attributes(arguments, present, device);
  for (const auto& text : arguments.texts("unset")) {
    for (auto& path : split_commas(text)) {
      std::ranges::replace(path, '-', '_');
      if (std::ranges::find(paths, path) != paths.end())
        return fail(conflicting_paths, {{"path", path}});
      paths.push_back(std::move(path));
    }
  }
  if (paths.empty() && !arguments.flag("touch")) {
    session.warn("nothing to set");
    return {};
  }
  FF_CHECK(calls_of(session).set(device, paths, arguments.flag("touch")));
  return session.printer().item(device);
}

Status erase(Session& session, const Arguments& arguments) {
  pb::EndDeviceIdentifiers ids;
  FF_CHECK(require_ids(arguments, ids));
  return calls_of(session).erase(ids);
}

Status set_paths_of(Session& session, const char* method, const pb::EndDevice& device,
                    const std::vector<std::string>& paths) {
  pb::EndDevice answer;
  return session.api().call(method, setting_of(device, paths), answer);
}

/// What a device that was reset at the factory has forgotten. [spec cli §6]
Status reset(Session& session, const Arguments& arguments) {
  pb::EndDeviceIdentifiers ids;
  FF_CHECK(require_ids(arguments, ids));
  FF_TRY(const auto present, calls_of(session).registered(ids));
  const bool joins = !present->join_server_address().empty();
  pb::ResetAndGetEndDeviceRequest request;
  *request.mutable_end_device_ids() = present->ids();
  for (const auto& path : topmost(
           {readable_paths(Registry::network).begin(), readable_paths(Registry::network).end()}))
    request.mutable_field_mask()->add_paths(path);
  pb::EndDevice device;
  FF_CHECK(session.api().call("NsEndDeviceRegistry/ResetFactoryDefaults", request, device));
  pb::EndDevice emptied;
  *emptied.mutable_ids() = present->ids();
  emptied.mutable_ids()->clear_dev_addr();
  if (joins) {
    FF_CHECK(set_paths_of(session, "JsEndDeviceRegistry/Set", emptied,
                          {"last_dev_nonce", "used_dev_nonces", "last_join_nonce",
                           "last_rj_count_0", "last_rj_count_1"}));
  } else {
    FF_CHECK(
        set_paths_of(session, "AsEndDeviceRegistry/Set", emptied, {"session.last_a_f_cnt_down"}));
  }
  return session.printer().item(device);
}

Status use_external_join_server(Session& session, const Arguments& arguments) {
  pb::EndDevice device;
  FF_CHECK(require_ids(arguments, *device.mutable_ids()));
  FF_TRY(const auto present, calls_of(session).registered(device.ids()));
  pb::UpdateEndDeviceRequest update;
  *update.mutable_end_device()->mutable_ids() = present->ids();
  update.mutable_field_mask()->add_paths("join_server_address");
  google::protobuf::Empty empty;
  const auto done = session.api().call("JsEndDeviceRegistry/Delete", present->ids(), empty);
  if (!done && done.error().code() != Code::not_found) return done;
  return session.api().call("EndDeviceRegistry/Update", update, device);
}

std::vector<Flag> setting_flags() {
  auto flags = device_set_flags();
  flags.push_back({"unset", FlagKind::text, "PATH,...", "empty these fields"});
  flags.push_back({"touch", FlagKind::boolean, "", "write to every registry"});
  return flags;
}

constexpr DeviceCommand rows[] = {
    {"get", "get an end device from all registries", device_select_flags, get},
    {"set", "set fields of an end device in the registries that have them", setting_flags, set},
    {"reset", "forget session, counters and nonces", device_id_flags, reset},
    {"delete", "delete an end device in all registries", device_id_flags, erase},
    {"use-external-join-server", "let another join server have the root keys", device_id_flags,
     use_external_join_server},
};

struct CallRow {
  const char* name;
  const char* method;
  const char* summary;
  std::vector<std::string> words;
};

void add_calls(Command& root) {
  const std::vector<CallRow> free = {
      {"list-frequency-plans", "Configuration/ListFrequencyPlans", "list frequency plans", {}},
      {"list-bands", "Configuration/ListBands", "list bands", {"band-id", "phy-version"}},
      {"list-phy-versions", "Configuration/GetPhyVersions", "list versions of bands", {"band-id"}},
      {"get-net-id", "Ns/GetNetID", "the network server's NetID", {}},
      {"get-dev-addr-prefixes", "Ns/GetDeviceAddressPrefixes", "its prefixes of addresses", {}},
      {"get-default-mac-settings",
       "Ns/GetDefaultMACSettings",
       "MAC settings that are not given",
       {"frequency-plan-id", "lorawan-phy-version"}}};
  for (const auto& row : free)
    add_method_command(root, {.group = "end-devices",
                              .name = row.name,
                              .summary = row.summary,
                              .shape = {row.method, "", {}},
                              .words = row.words,
                              .access = Access::optional});
  add_method_command(root, {.group = "end-devices",
                            .name = "force-rejoin",
                            .summary = "ask a device of LoRaWAN 1.1 to rejoin",
                            .shape = {"farfield.v1.NsEndDeviceControl/ForceRejoin", "", {}},
                            .words = {"application-id", "device-id"}});
  add_method_command(root, {.group = "end-devices",
                            .name = "close-session",
                            .summary = "end the session of a device that joins",
                            .shape = {"farfield.v1.NsEndDeviceControl/CloseSession", "", {}},
                            .words = {"application-id", "device-id"}});
  add_method_command(root, {.group = "end-devices",
                            .name = "list",
                            .summary = "list end devices of an application",
                            .shape = {"EndDeviceRegistry/List", "", {}},
                            .words = {"application-id"}});
  add_method_command(root, {.group = "end-devices",
                            .name = "search",
                            .summary = "search for end devices of an application",
                            .shape = {"EndDeviceRegistrySearch/SearchEndDevices", "", {}},
                            .words = {"application-id", "query"}});
}

}  // namespace

Command command_of(const DeviceCommand& row) {
  Command command;
  command.name = row.name;
  command.summary = row.summary;
  command.words = "[application-id] [device-id]";
  command.words_max = 2;
  command.flags = row.flags;
  command.run = row.run;
  return command;
}

void add_device_commands(Command& root) {
  group_at(root, "end-devices").summary = "commands of end devices";
  add_calls(root);
  add_device_creation(root);
  for (const auto& row : rows) add_command(root, "end-devices", command_of(row));
  add_device_batches(root);
  add_inspection(root);
}

}  // namespace ff::cli
