#include "actors/network_server/profiles/queries.hpp"

#include "storage/keys/entity_keys.hpp"

namespace ff::network_server {
namespace {

using storage::EntityKind;
using storage::Family;

constexpr auto kind = EntityKind::mac_settings_profile;

Bytes devices_prefix(const ProfileKey& key) {
  return storage::profile_device_prefix(key.application_id.text(), key.profile_id);
}

/// Calls `visit` for every profile below `prefix` until it says false.
template <class Visit>
Status each_profile(const storage::Reader& store, storage::Direction direction, ByteView prefix,
                    Visit visit) {
  Status status;
  const storage::Scan all{
      .family = Family::entity, .range = storage::prefix_range(prefix), .direction = direction};
  FF_CHECK(store.scan(all, [&](ByteView row_key, ByteView row) {
    auto parsed = storage::parse_entity_key(row_key);
    if (!parsed) {
      status = fail(parsed.error());
      return false;
    }
    return visit(ProfileKey{ApplicationId(parsed->ids[0]), parsed->ids[1]}, row);
  }));
  return status;
}

}  // namespace

Result<std::optional<Profile>> find_profile(const storage::Reader& store, const ProfileKey& key) {
  FF_TRY(const auto row, store.get(Family::entity, profile_row_key(key)));
  if (!row) return std::optional<Profile>();
  FF_TRY(auto profile, decode_profile(key, *row));
  return std::optional(std::move(profile));
}

Result<ProfilePage> list_profiles(const storage::Reader& store, const ListProfiles& list) {
  ProfilePage page;
  Status status;
  const auto direction =
      list.descending ? storage::Direction::reverse : storage::Direction::forward;
  const auto prefix = storage::entity_prefix(kind, {list.application_id.text()});
  FF_CHECK(each_profile(store, direction, prefix, [&](ProfileKey key, ByteView row) {
    const auto place = page.total++;
    if (place < list.skip || place - list.skip >= list.limit) return true;
    auto profile = decode_profile(std::move(key), row);
    if (!profile) status = fail(profile.error());
    if (profile) page.profiles.push_back({*std::move(profile)});
    return status.has_value();
  }));
  FF_CHECK(status);
  if (!list.count_devices) return page;
  for (auto& [profile, devices] : page.profiles) {
    FF_TRY(devices, count_devices(store, profile.key));
  }
  return page;
}

Result<std::vector<ProfileKey>> spreading_profiles(const storage::Reader& store) {
  std::vector<ProfileKey> keys;
  Status status;
  const auto prefix = storage::entity_prefix(kind);
  FF_CHECK(
      each_profile(store, storage::Direction::forward, prefix, [&](ProfileKey key, ByteView row) {
        const auto profile = decode_profile(std::move(key), row);
        if (!profile) status = fail(profile.error());
        if (profile && profile->spreading) keys.push_back(profile->key);
        return status.has_value();
      }));
  FF_CHECK(status);
  return keys;
}

Result<std::uint64_t> count_devices(const storage::Reader& store, const ProfileKey& key) {
  const storage::Scan all{.family = Family::entity_index,
                          .range = storage::prefix_range(devices_prefix(key))};
  return store.scan(all, [](ByteView, ByteView) { return true; });
}

Result<std::set<ProfileUser>> places_of(const storage::Reader& store, const ProfileKey& key) {
  std::set<ProfileUser> places;
  Status status;
  const storage::Scan all{.family = Family::entity_index,
                          .range = storage::prefix_range(devices_prefix(key))};
  FF_CHECK(store.scan(all, [&](ByteView, ByteView row) {
    auto user = decode_profile_user(row);
    if (user) places.insert(*std::move(user));
    if (!user) status = fail(user.error());
    return status.has_value();
  }));
  FF_CHECK(status);
  return places;
}

Result<DevicesPage> devices_of(const storage::Reader& store, const ProfileKey& key,
                               const Bytes& from, std::size_t limit) {
  const auto prefix = devices_prefix(key);
  DevicesPage page;
  Status status;
  storage::Scan next{.family = Family::entity_index, .range = storage::prefix_range(prefix)};
  if (!from.empty()) next.range.first = from;
  FF_CHECK(store.scan(next, [&](ByteView row_key, ByteView) {
    if (page.devices.size() == limit) {
      page.next = to_owned(row_key);
      return false;
    }
    const auto device = storage::listed_entity(row_key, prefix.size());
    if (!device) {
      status = fail(device.error());
      return false;
    }
    page.devices.push_back({ApplicationId(device->ids[0]), DeviceId(device->ids[1])});
    return true;
  }));
  FF_CHECK(status);
  return page;
}

}  // namespace ff::network_server
