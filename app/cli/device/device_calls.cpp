#include "app/cli/device/device_calls.hpp"

#include <google/protobuf/empty.pb.h>

#include <algorithm>
#include <array>

#include "app/cli/entity/request_flags.hpp"
#include "protocol/field_mask/field_mask.hpp"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

struct Place {
  Role role;
  std::string_view name;
  std::string_view service;  ///< Of Get, Set and Delete.
};

const Place& place_of(Registry registry) {
  static constexpr std::array<Place, registry_count> places = {
      Place{Role::identity, "identity server", "EndDeviceRegistry/"},
      Place{Role::join, "join server", "JsEndDeviceRegistry/"},
      Place{Role::network, "network server", "NsEndDeviceRegistry/"},
      Place{Role::application, "application server", "AsEndDeviceRegistry/"}};
  return places[static_cast<std::size_t>(registry)];
}

std::string method(Registry registry, std::string_view name) {
  return std::string(place_of(registry).service) + std::string(name);
}

std::size_t index(Registry registry) {
  return static_cast<std::size_t>(registry);
}

const std::string& address_of(const pb::EndDevice& device, Registry registry) {
  switch (registry) {
    case Registry::join:
      return device.join_server_address();
    case Registry::network:
      return device.network_server_address();
    default:
      return device.application_server_address();
  }
}

constexpr std::array others = {Registry::join, Registry::network, Registry::application};
/// Of deleting, the identity server last: as long as it knows the device, it can be tried again.
constexpr std::array deletion_order = {Registry::application, Registry::network, Registry::join,
                                       Registry::identity};

bool has_euis(const pb::EndDeviceIdentifiers& ids) {
  return !ids.dev_eui().empty() && !ids.join_eui().empty();
}

/// Fields are copied, and identifiers that only the network knows.
Status take(const pb::EndDevice& answer, const std::vector<std::string>& paths,
            pb::EndDevice& device) {
  FF_CHECK(field_mask::copy(answer, paths, device));
  if (!answer.ids().dev_addr().empty()) device.mutable_ids()->set_dev_addr(answer.ids().dev_addr());
  const auto earlier = [](const auto& a, const auto& b) {
    return std::pair(a.seconds(), a.nanos()) < std::pair(b.seconds(), b.nanos());
  };
  if (answer.has_created_at() &&
      (!device.has_created_at() || earlier(answer.created_at(), device.created_at())))
    *device.mutable_created_at() = answer.created_at();
  if (answer.has_updated_at() &&
      (!device.has_updated_at() || earlier(device.updated_at(), answer.updated_at())))
    *device.mutable_updated_at() = answer.updated_at();
  return {};
}

}  // namespace

pb::CreateEndDeviceRequest creation_of(const pb::EndDevice& device,
                                       const std::vector<std::string>& paths) {
  pb::CreateEndDeviceRequest request;
  auto& kept = *request.mutable_end_device();
  ignore(field_mask::copy(device, paths, kept), "the paths are the registry's own");
  *kept.mutable_ids() = device.ids();
  kept.mutable_ids()->clear_dev_addr();
  return request;
}

pb::SetEndDeviceRequest setting_of(const pb::EndDevice& device,
                                   const std::vector<std::string>& paths) {
  pb::SetEndDeviceRequest request;
  auto& kept = *request.mutable_end_device();
  ignore(field_mask::copy(device, paths, kept), "the paths are the registry's own");
  *kept.mutable_ids() = device.ids();
  kept.mutable_ids()->clear_dev_addr();
  request.mutable_field_mask()->mutable_paths()->Assign(paths.begin(), paths.end());
  return request;
}

DeviceCalls::DeviceCalls(Api& api, const Config& config, Tell warn)
    : api_(api), config_(config), warn_(std::move(warn)) {}

bool DeviceCalls::is_enabled(Registry registry) const {
  return config_.is_enabled(place_of(registry).role);
}

Status DeviceCalls::write(pb::EndDevice& device, const SplitPaths& paths, Registry registry) {
  if (!is_enabled(registry)) {
    warn_("the " + std::string(place_of(registry).name) + " is disabled and left out");
    return {};
  }
  pb::EndDevice answer;
  const auto& own = paths[index(registry)];
  FF_CHECK(api_.call(method(registry, "Set"), setting_of(device, own), answer));
  return take(answer, own, device);
}

/// Network and application server are told of the device even when nothing of it is theirs.
Status DeviceCalls::set_others(pb::EndDevice& device, const SplitPaths& paths, bool joins) {
  if (joins && !paths[index(Registry::join)].empty()) {
    if (!has_euis(device.ids())) return fail(no_end_device_eui);
    FF_CHECK(write(device, paths, Registry::join));
  }
  FF_CHECK(write(device, paths, Registry::network));
  return write(device, paths, Registry::application);
}

Status DeviceCalls::create(pb::EndDevice& device, const std::vector<std::string>& paths) {
  const auto split = split_writable(paths);
  const bool joins = device.supports_join();
  if (joins && !split[index(Registry::join)].empty() && !has_euis(device.ids()))
    return fail(no_end_device_eui);
  pb::EndDevice answer;
  const auto& own = split[index(Registry::identity)];
  FF_CHECK(api_.call("EndDeviceRegistry/Create", creation_of(device, own), answer));
  FF_CHECK(take(answer, own, device));
  auto done = set_others(device, split, joins);
  // A join server that has another device of these EUIs keeps it.
  if (!done) undo(device.ids(), joins && done.error().code() != Code::already_exists);
  return done;
}

void DeviceCalls::undo(const pb::EndDeviceIdentifiers& ids, bool joins) {
  api_.begin_clean_up();
  for (const auto registry : deletion_order) {
    if (!is_enabled(registry) || (registry == Registry::join && (!joins || !has_euis(ids))))
      continue;
    const auto done = erase_in(registry, ids);
    if (!done && done.error().code() != Code::not_found)
      warn_("could not delete the end device on the " + std::string(place_of(registry).name) +
            " again: " + done.error().to_string());
  }
}

Status DeviceCalls::erase_in(Registry registry, const pb::EndDeviceIdentifiers& ids) {
  google::protobuf::Empty empty;
  return api_.call(method(registry, "Delete"), ids, empty);
}

void DeviceCalls::merge(Registry registry, const pb::EndDeviceIdentifiers& ids,
                        const std::vector<std::string>& paths, pb::EndDevice& device) {
  if (paths.empty()) return;
  pb::GetEndDeviceRequest request;
  *request.mutable_end_device_ids() = ids;
  request.mutable_field_mask()->mutable_paths()->Assign(paths.begin(), paths.end());
  pb::EndDevice answer;
  auto done = api_.call(method(registry, "Get"), request, answer);
  if (done) done = take(answer, leaf_paths(readable_paths(registry), paths), device);
  if (!done)
    warn_("could not get the end device from the " + std::string(place_of(registry).name) + ": " +
          done.error().to_string());
}

/// [spec cli §6]: another cluster's registry, or none, is not asked.
void DeviceCalls::drop_foreign(const pb::EndDevice& device, SplitPaths& split) const {
  for (const auto registry : others) {
    auto& paths = split[index(registry)];
    if (paths.empty()) continue;
    const auto host = host_of(address_of(device, registry));
    const std::string name(place_of(registry).name);
    if (!is_enabled(registry)) {
      warn_("the " + name + " is disabled and left out");
      paths.clear();
    } else if (registry == Registry::join && host.empty()) {
      paths.clear();
    } else if (!host.empty() && host != host_of(config_.address(place_of(registry).role))) {
      warn_("the end device's " + name + " is `" + host + "`, which is left out");
      paths.clear();
    }
  }
}

Result<std::unique_ptr<pb::EndDevice>> DeviceCalls::get(const pb::EndDeviceIdentifiers& ids,
                                                        const std::vector<std::string>& paths) {
  auto split = split_readable(paths);
  pb::GetEndDeviceRequest request;
  *request.mutable_end_device_ids() = ids;
  auto wanted = split[index(Registry::identity)];
  for (const auto* address :
       {"network_server_address", "application_server_address", "join_server_address"}) {
    if (std::ranges::find(wanted, address) == wanted.end()) wanted.emplace_back(address);
  }
  request.mutable_field_mask()->mutable_paths()->Assign(wanted.begin(), wanted.end());
  auto device = std::make_unique<pb::EndDevice>();
  FF_CHECK(api_.call("EndDeviceRegistry/Get", request, *device));
  drop_foreign(*device, split);
  for (const auto registry : {Registry::join, Registry::application, Registry::network})
    merge(registry, device->ids(), split[index(registry)], *device);
  return device;
}

Result<std::unique_ptr<pb::EndDevice>> DeviceCalls::registered(
    const pb::EndDeviceIdentifiers& ids) {
  pb::GetEndDeviceRequest request;
  *request.mutable_end_device_ids() = ids;
  request.mutable_end_device_ids()->clear_dev_addr();
  for (const auto* path :
       {"network_server_address", "application_server_address", "join_server_address"})
    request.mutable_field_mask()->add_paths(path);
  auto device = std::make_unique<pb::EndDevice>();
  FF_CHECK(api_.call("EndDeviceRegistry/Get", request, *device));
  for (const auto registry : others) {
    const auto host = host_of(address_of(*device, registry));
    const auto expected = host_of(config_.address(place_of(registry).role));
    if (!is_enabled(registry) || host.empty() || host == expected) continue;
    return fail(
        end_device_server_address_mismatch,
        {{"component", place_of(registry).name}, {"address", host}, {"expected", expected}});
  }
  return device;
}

Status DeviceCalls::set(pb::EndDevice& device, std::vector<std::string> paths, bool touch) {
  FF_TRY(const auto present, registered(device.ids()));
  const auto differs = [](const std::string& given, const std::string& is) {
    return !given.empty() && given != is;
  };
  if (differs(device.ids().dev_eui(), present->ids().dev_eui()) ||
      differs(device.ids().join_eui(), present->ids().join_eui()))
    return fail(end_device_eui_update);
  *device.mutable_ids() = present->ids();
  const auto fill = [&](const std::string& is, Role role, const char* path, auto put) {
    if (!is.empty() || !config_.is_enabled(role) || std::ranges::find(paths, path) != paths.end())
      return;
    put(host_of(config_.address(role)));
    paths.emplace_back(path);
  };
  fill(present->network_server_address(), Role::network, "network_server_address",
       [&](std::string host) { device.set_network_server_address(std::move(host)); });
  fill(present->application_server_address(), Role::application, "application_server_address",
       [&](std::string host) { device.set_application_server_address(std::move(host)); });
  const auto split = split_writable(paths);
  const bool joins = !present->join_server_address().empty() || device.supports_join();
  const auto& own = split[index(Registry::identity)];
  if (!own.empty() || touch) {
    pb::UpdateEndDeviceRequest request;
    const auto setting = setting_of(device, own);
    *request.mutable_end_device() = setting.end_device();
    *request.mutable_field_mask() = setting.field_mask();
    pb::EndDevice answer;
    FF_CHECK(api_.call("EndDeviceRegistry/Update", request, answer));
    FF_CHECK(take(answer, own, device));
  }
  for (const auto registry : others) {
    if (registry == Registry::join && (!joins || !has_euis(device.ids()))) continue;
    if (split[index(registry)].empty() && !touch) continue;
    FF_CHECK(write(device, split, registry));
  }
  return {};
}

Status DeviceCalls::erase(const pb::EndDeviceIdentifiers& ids) {
  FF_TRY(const auto present, registered(ids));
  for (const auto registry : deletion_order) {
    if (!is_enabled(registry)) continue;
    // Also without an address: one that has no such device says so. [spec cli §6]
    if (registry == Registry::join && !has_euis(present->ids())) continue;
    auto known = present->ids();
    known.clear_dev_addr();
    const auto done = erase_in(registry, known);
    if (done || (done.error().code() == Code::not_found && registry != Registry::identity))
      continue;
    return done;
  }
  return {};
}

}  // namespace ff::cli
