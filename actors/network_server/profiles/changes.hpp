// What requests make of profiles: the rules, on values. Pure.
#pragma once

#include <optional>
#include <set>

#include "actors/network_server/profiles/messages.hpp"
#include "actors/network_server/session/profile_row.hpp"
#include "protocol/region/frequency_plan.hpp"

namespace ff::network_server {

Result<Profile> create_profile(const CreateProfile& request, const std::optional<Profile>& current);

/// `places`: where the devices are that use the profile.
Result<Profile> change_profile(const ChangeProfile& request, const std::optional<Profile>& current,
                               const std::set<ProfileUser>& places,
                               const region::FrequencyPlans& plans);

/// `users`: devices that use the profile, or are about to.
Status may_delete(const std::optional<Profile>& current, std::uint64_t users);

/// The device does not want the settings; asking again would not help.
bool is_refusal(const Error& error);

}  // namespace ff::network_server
