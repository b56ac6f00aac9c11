#include "actors/network_server/session/profile_row.hpp"

#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::network_server {

// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, ProfileUser& user) {
  a(1, user.frequency_plan_id);
  a(2, user.phy_version);
  a(3, user.supports_class_b);
}

namespace {
constexpr storage::ValueVersion user_version = 1;
}  // namespace

Bytes profile_user_key(const DeviceUid& device, const std::string& profile_id) {
  const auto& application = device.application_id.text();
  return storage::listing_key(
      storage::profile_device_prefix(application, profile_id),
      storage::entity_key(storage::EntityKind::end_device, {application, device.device_id.text()}));
}

Bytes encode_profile_user(const ProfileUser& user) {
  return storage::seal_record(user_version, user);
}

Result<ProfileUser> decode_profile_user(ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, user_version));
  return storage::read_record<ProfileUser>(envelope.body);
}

}  // namespace ff::network_server
