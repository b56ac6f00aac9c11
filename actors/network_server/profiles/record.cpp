#include "actors/network_server/profiles/profile.hpp"
#include "actors/network_server/session/settings_fields.hpp"
#include "storage/codec/envelope.hpp"
#include "storage/codec/fields.hpp"
#include "storage/keys/entity_keys.hpp"

namespace ff::network_server {
namespace {

constexpr storage::ValueVersion profile_version = 1;

struct ProfileRow {
  mac::MacSettings settings;
  bool spreading = false;
};
// ON-DISK: a number is never given to another member.
template <class Archive>
void fields(Archive& a, ProfileRow& row) {
  a(1, row.settings);
  a(2, row.spreading);
}

}  // namespace

Bytes profile_row_key(const ProfileKey& key) {
  return storage::entity_key(storage::EntityKind::mac_settings_profile,
                             {key.application_id.text(), key.profile_id});
}

Bytes encode_profile(const Profile& profile) {
  return storage::seal_record(profile_version, ProfileRow{*profile.settings, profile.spreading});
}

Result<Profile> decode_profile(ProfileKey key, ByteView row) {
  FF_TRY(const auto envelope, storage::unseal(row, profile_version));
  FF_TRY(auto read, storage::read_record<ProfileRow>(envelope.body));
  return Profile{std::move(key), std::make_shared<const mac::MacSettings>(std::move(read.settings)),
                 read.spreading};
}

}  // namespace ff::network_server
