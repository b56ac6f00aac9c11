#include "app/api/services/mapping/js_device_rules.hpp"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "actors/join_server/errors.hpp"
#include "actors/support/euis_taken.hpp"
#include "app/api/services/mapping/js_device.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/field_mask/field_mask.hpp"

namespace ff::api {
namespace {

using join_server::JoinDevice;

constexpr ErrorDef read_only_field{"pkg/joinserver/redis", "read_only_field",
                                   Code::invalid_argument, "read-only field `{field}`"};

bool names(std::span<const std::string> paths, std::string_view path) {
  return std::ranges::any_of(paths, [path](const std::string& one) {
    return one == path || (path.starts_with(one) && path[one.size()] == '.');
  });
}

Status check_request(const pb::EndDevice& requested, const storage::JoinKey& euis,
                     std::span<const std::string> paths) {
  if (euis.dev_eui == DevEui()) return fail(join_server::no_dev_eui);
  if (!requested.ids().dev_addr().empty())
    return fail(join_server::field_value, {{"field", "ids.dev_addr"}});
  const auto app_key = plain_key_of(requested.root_keys().app_key());
  if (names(paths, "root_keys.app_key.key") && (!app_key || app_key->is_zero())) {
    return fail(join_server::field_value, {{"field", "root_keys.app_key.key"}});
  }
  return {};
}

/// Provisioning is for once. [spec join-server §8]
Status check_provisioning(const pb::EndDevice& before, const pb::EndDevice& after) {
  if (!before.provisioner_id().empty() && before.provisioner_id() != after.provisioner_id()) {
    return fail(read_only_field, {{"field", "provisioner_id"}});
  }
  using google::protobuf::util::MessageDifferencer;
  if (before.has_provisioning_data() &&
      !MessageDifferencer::Equals(before.provisioning_data(), after.provisioning_data()))
    return fail(read_only_field, {{"field", "provisioning_data"}});
  return {};
}

/// A zero key is none.
void drop_zero_key(pb::RootKeys& keys) {
  const auto key = plain_key_of(keys.nwk_key());
  if (keys.has_nwk_key() && keys.nwk_key().encrypted_key().empty() && (!key || key->is_zero()))
    keys.clear_nwk_key();
}

}  // namespace

Result<JoinDevice> change_join_device(const JoinDevice* current, const pb::EndDevice& requested,
                                      const storage::JoinKey& euis,
                                      std::span<const std::string> paths) {
  const auto uid = uid_of(requested.ids());
  if (current && current->ids.uid != uid) return fail(actors::euis_taken(euis, current->ids.uid));
  FF_CHECK(check_request(requested, euis, paths));
  if (current && paths.empty()) return *current;
  const auto before = current ? to_proto(*current) : pb::EndDevice();
  auto device = before;
  if (!current) put_ids({uid, euis.dev_eui, euis.join_eui, std::nullopt}, *device.mutable_ids());
  FF_CHECK(field_mask::copy(requested, paths, device));
  FF_CHECK(check_provisioning(before, device));
  drop_zero_key(*device.mutable_root_keys());
  return join_device_of(device, current ? *current : JoinDevice());
}

}  // namespace ff::api
