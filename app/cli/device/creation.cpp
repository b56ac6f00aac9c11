#include "app/cli/device/creation.hpp"

#include <google/protobuf/empty.pb.h>

#include <algorithm>
#include <array>

#include "app/cli/session/clock.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/ulid.hpp"
#include "ttn/lorawan/v3/application.pb.h"
#include "ttn/lorawan/v3/application_services.pb.h"
#include "ttn/lorawan/v3/end_device.pb.h"
#include "ttn/lorawan/v3/joinserver.pb.h"
#include "ttn/lorawan/v3/networkserver.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;

constexpr const char* root_key_id = "ttn-lw-cli-generated";

void add_path(std::vector<std::string>& paths, const char* path) {
  if (std::ranges::find(paths, path) == paths.end()) paths.emplace_back(path);
}

std::string random_key(Random& random) {
  std::array<std::uint8_t, 16> key{};
  random.fill(key);
  return std::string(as_text(key));
}

/// Numbers of versions are not in their order: 1.0.3 and 1.0.4 came after 1.1.
bool has_two_roots(const pb::EndDevice& device) {
  return device.lorawan_version() == pb::MAC_V1_1;
}

Status put_root_keys(Random& random, pb::EndDevice& device, std::vector<std::string>& paths) {
  if (!device.provisioner_id().empty()) return fail(end_device_keys_provisioner);
  auto& keys = *device.mutable_root_keys();
  keys.set_root_key_id(root_key_id);
  keys.mutable_app_key()->set_key(random_key(random));
  add_path(paths, "root_keys.root_key_id");
  add_path(paths, "root_keys.app_key.key");
  if (!has_two_roots(device)) return {};
  keys.mutable_nwk_key()->set_key(random_key(random));
  add_path(paths, "root_keys.nwk_key.key");
  return {};
}

Status default_join_eui(Api& api, pb::EndDevice& device) {
  pb::GetDefaultJoinEUIResponse answer;
  FF_CHECK(api.call("Js/GetDefaultJoinEUI", google::protobuf::Empty(), answer));
  device.mutable_ids()->set_join_eui(answer.join_eui());
  return {};
}

}  // namespace

void put_defaults(const Config& config, pb::EndDevice& device, std::vector<std::string>& paths) {
  const auto fill = [&](Role role, const std::string& is, const char* path, auto put) {
    if (!is.empty() || !config.is_enabled(role)) return;
    put(host_of(config.address(role)));
    add_path(paths, path);
  };
  fill(Role::network, device.network_server_address(), "network_server_address",
       [&](std::string host) { device.set_network_server_address(std::move(host)); });
  fill(Role::application, device.application_server_address(), "application_server_address",
       [&](std::string host) { device.set_application_server_address(std::move(host)); });
  if (device.supports_join())
    fill(Role::join, device.join_server_address(), "join_server_address",
         [&](std::string host) { device.set_join_server_address(std::move(host)); });
  auto& ids = *device.mutable_ids();
  if (ids.device_id().empty() && !ids.dev_eui().empty())
    ids.set_device_id("eui-" + hex_lower(as_bytes(ids.dev_eui())));
}

void put_session(std::string dev_addr, UtcTime now, Random& random, pb::EndDevice& device,
                 std::vector<std::string>& paths) {
  auto& session = *device.mutable_session();
  session.set_dev_addr(std::move(dev_addr));
  auto& keys = *session.mutable_keys();
  const auto id = Ulid::make(now, random);
  keys.set_session_key_id(std::string(as_text(id.bytes)));
  const auto network_key = random_key(random);
  // Before 1.1 there is one network session key under three names.
  const bool has_three = has_two_roots(device);
  keys.mutable_f_nwk_s_int_key()->set_key(network_key);
  keys.mutable_s_nwk_s_int_key()->set_key(has_three ? random_key(random) : network_key);
  keys.mutable_nwk_s_enc_key()->set_key(has_three ? random_key(random) : network_key);
  keys.mutable_app_s_key()->set_key(random_key(random));
  for (const auto* path : {"session.dev_addr", "session.keys.session_key_id",
                           "session.keys.f_nwk_s_int_key.key", "session.keys.s_nwk_s_int_key.key",
                           "session.keys.nwk_s_enc_key.key", "session.keys.app_s_key.key"})
    add_path(paths, path);
}

Status complete_device(Api& api, const Config& config, const CreationWishes& wishes, Random& random,
                       pb::EndDevice& device, std::vector<std::string>& paths) {
  add_path(paths, "supports_join");
  if (wishes.with_session && !device.supports_join()) {
    pb::GenerateDevAddrResponse answer;
    FF_CHECK(api.call("Ns/GenerateDevAddr", google::protobuf::Empty(), answer));
    put_session(answer.dev_addr(), utc_now(), random, device, paths);
  }
  if (wishes.defaults && device.supports_join() && device.ids().join_eui().empty() &&
      config.is_enabled(Role::join))
    FF_CHECK(default_join_eui(api, device));
  if (wishes.request_dev_eui) {
    pb::IssueDevEUIResponse answer;
    FF_CHECK(api.call("ApplicationRegistry/IssueDevEUI", device.ids().application_ids(), answer));
    device.mutable_ids()->set_dev_eui(answer.dev_eui());
  }
  if (wishes.with_root_keys) FF_CHECK(put_root_keys(random, device, paths));
  if (wishes.defaults) put_defaults(config, device, paths);
  return {};
}

}  // namespace ff::cli
