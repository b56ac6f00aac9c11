#include "actors/network_server/profiles/changes.hpp"

#include "actors/network_server/session/errors.hpp"
#include "protocol/mac/settings_check.hpp"

namespace ff::network_server {
namespace {

Status check(const mac::MacSettings& settings) {
  const auto path = mac::contradiction(settings);
  return path ? fail(settings_misfit(*path)) : Status();
}

/// Devices in a plan that is not configured any more do nothing that would need settings.
Status check_at(const mac::MacSettings& settings, const ProfileUser& place,
                const region::FrequencyPlans& plans) {
  const auto* plan = plans.find(place.frequency_plan_id);
  const auto* region = plan ? region::find(plan->band_id, place.phy_version) : nullptr;
  if (!region) return {};
  const auto path = mac::misfit(settings, {*region, *plan, place.supports_class_b});
  return path ? fail(settings_misfit(*path)) : Status();
}

}  // namespace

Result<Profile> create_profile(const CreateProfile& request,
                               const std::optional<Profile>& current) {
  if (current) return fail(mac_settings_profile_already_exists);
  FF_CHECK(check(request.settings));
  return Profile{request.key, std::make_shared<const mac::MacSettings>(request.settings)};
}

Result<Profile> change_profile(const ChangeProfile& request, const std::optional<Profile>& current,
                               const std::set<ProfileUser>& places,
                               const region::FrequencyPlans& plans) {
  if (!current) return fail(mac_settings_profile_not_found);
  FF_TRY(auto settings, request.change(*current->settings));
  FF_CHECK(check(settings));
  for (const auto& place : places) FF_CHECK(check_at(settings, place, plans));
  // Also when an earlier change is still on its way, and when nobody seems to use it: somebody may
  // be about to.
  const bool spreading = current->spreading || settings != *current->settings;
  return Profile{request.key, std::make_shared<const mac::MacSettings>(std::move(settings)),
                 spreading};
}

Status may_delete(const std::optional<Profile>& current, std::uint64_t users) {
  if (!current) return fail(mac_settings_profile_not_found);
  if (users > 0) return fail(mac_settings_profile_in_use, {{"devices", users}});
  return {};
}

bool is_refusal(const Error& error) {
  return error.code() == Code::invalid_argument || error.code() == Code::not_found;
}

}  // namespace ff::network_server
