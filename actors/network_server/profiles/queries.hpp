// Look-ups of profiles and of the devices that use them. They block: for the registry's own thread.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "actors/network_server/profiles/messages.hpp"
#include "actors/network_server/session/profile_row.hpp"
#include "storage/engine/engine.hpp"

namespace ff::network_server {

/// Nothing if there is no such profile. Errors of all: those of the store, malformed_record.
Result<std::optional<Profile>> find_profile(const storage::Reader& store, const ProfileKey& key);
Result<ProfilePage> list_profiles(const storage::Reader& store, const ListProfiles& list);
/// Of all applications.
Result<std::vector<ProfileKey>> spreading_profiles(const storage::Reader& store);

Result<std::uint64_t> count_devices(const storage::Reader& store, const ProfileKey& key);
/// The different places that the profile's devices are in.
Result<std::set<ProfileUser>> places_of(const storage::Reader& store, const ProfileKey& key);

/// The next devices of the profile, at most `limit`.
struct DevicesPage {
  std::vector<DeviceUid> devices;
  Bytes next;  // where to go on; empty: these were the last
};
/// `from`: `next` of the page before; empty for the first.
Result<DevicesPage> devices_of(const storage::Reader& store, const ProfileKey& key,
                               const Bytes& from, std::size_t limit);

}  // namespace ff::network_server
