#include "app/api/services/device_parts.hpp"

#include "actors/join_server/errors.hpp"
#include "app/api/services/audit/told.hpp"
#include "app/api/services/base/cause.hpp"
#include "app/api/services/mapping/as_device.hpp"
#include "app/api/services/mapping/formatter_vector.hpp"
#include "app/api/services/mapping/js_device.hpp"
#include "app/api/services/mapping/js_device_rules.hpp"
#include "app/api/services/mapping/link.hpp"
#include "app/api/services/mapping/ns_device.hpp"
#include "app/api/services/mapping/ns_device_rules.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/base/temporary.hpp"

namespace ff::api {
namespace {

using application_server::AppDevice;

DeviceUid uid_in(const DevicePartSetting& setting) {
  return uid_of(setting.request->end_device().ids());
}

/// `change`, or a refusal of the device that is there; told to the audit log as the API shows it.
template <class T, class Change>
auto deciding(const DevicePartSetting& setting, Change change) {
  auto decide = [only_absent = setting.only_absent,
                 change = std::move(change)](const T* current) -> Result<T> {
    if (only_absent && current != nullptr) return fail(device_part_exists);
    return change(current);
  };
  return told<T>(
      setting.call, audit_name(uid_in(setting)), [](const T& device) { return to_proto(device); },
      std::move(decide));
}

}  // namespace

void NsDevices::set(const DevicePartSetting& setting, actors::Reply<DevicePtr> then) const {
  const auto paths = paths_of(setting.request->field_mask());
  const auto profile = profile_wanted(setting.request->end_device(), paths);
  if (!profile) return then(fail(profile.error()));
  if (profile->empty()) return claim_and_change(setting, std::nullopt, std::move(then));
  using network_server::ProfileUse;
  const network_server::ProfileKey key{uid_in(setting).application_id, *profile};
  auto make = [&key](actors::Reply<ProfileUse> found) {
    return network_server::UseProfile{key, std::move(found)};
  };
  asker_.ask<ProfileUse>(
      profiles_.get(), "NETWORK_SERVER", make,
      [self = *this, setting, then = std::move(then)](const Result<ProfileUse>& use) {
        if (!use) return then(fail(use.error()));
        self.claim_and_change(setting, *use, then);
      });
}

/// No device that joins is made on the EUIs of another, whose joins it would get. A device that is
/// not made after all does not keep them; one that does not join tells the index itself.
void NsDevices::claim_and_change(const DevicePartSetting& setting, const ProfileUse& profile,
                                 actors::Reply<DevicePtr> then) const {
  const auto& ids = setting.request->end_device().ids();
  const auto join_eui = join_eui_of(ids.join_eui());
  const auto dev_eui = dev_eui_of(ids.dev_eui());
  const bool joins = setting.request->end_device().supports_join();
  if (!joins || !join_eui || !dev_eui) return change(setting, profile, std::move(then));
  using network_server::IndexJoinEuis;
  const auto shard = shards_.of(*dev_eui);
  const IndexJoinEuis entry{uid_in(setting), *join_eui, *dev_eui};
  auto make = [&entry](actors::Reply<bool> claimed) {
    auto claim = entry;
    claim.claimed = std::move(claimed);
    return claim;
  };
  asker_.ask<bool>(shard, "NETWORK_SERVER", make,
                   [self = *this, setting, profile, shard, entry,
                    then = std::move(then)](const Result<bool>& claimed) {
                     if (!claimed) return then(fail(claimed.error()));
                     self.change(setting, profile,
                                 [shard, entry, is_new = *claimed, then](Result<DevicePtr> device) {
                                   // After a temporary error it may have been made all the same.
                                   const bool failed = !device && !is_temporary(device.error());
                                   if (failed && is_new) {
                                     auto release = entry;
                                     release.erase = true;
                                     caf::anon_send(shard, release);
                                   }
                                   then(std::move(device));
                                 });
                   });
}

/// The profile is held until the session has made the change durable.
void NsDevices::change(const DevicePartSetting& setting, const ProfileUse& profile,
                       actors::Reply<DevicePtr> then) const {
  const auto uid = uid_in(setting);
  auto decide = [request = setting.request, fields = change_paths(setting.request->field_mask()),
                 now = now_(), profile](const network_server::Device* current) {
    return change_ns_device(current, request->end_device(), fields, now,
                            profile ? profile->settings.get() : nullptr);
  };
  auto make = [&](actors::Reply<DevicePtr> reply) {
    return network_server::to_session(
        uid, network_server::ChangeDevice{
                 deciding<network_server::Device>(setting, std::move(decide)), std::move(reply),
                 paths_of(setting.request->field_mask()), cause_of(*setting.call)});
  };
  asker_.ask<DevicePtr>(shards_.of(uid), "NETWORK_SERVER", make, std::move(then));
}

void NsDevices::erase(const DeviceUid& uid, const events::Cause& cause,
                      actors::Reply<void> then) const {
  auto make = [&](actors::Reply<DeviceIdentifiers> reply) {
    return network_server::to_session(
        uid, network_server::DeleteDevice{.reply = std::move(reply), .cause = cause});
  };
  asker_.ask<DeviceIdentifiers>(shards_.of(uid), "NETWORK_SERVER", make,
                                [then = std::move(then)](const Result<DeviceIdentifiers>& erased) {
                                  if (!erased) return then(fail(erased.error()));
                                  then({});
                                });
}

void AsDevices::set(const DevicePartSetting& setting, actors::Reply<DevicePtr> then) const {
  const auto uid = uid_in(setting);
  const auto& mask = setting.request->field_mask();
  Change decide = [request = setting.request, fields = change_paths(mask), now = now_(),
                   script_size_max =
                       script_size_max_](const AppDevice* current) -> Result<AppDevice> {
    FF_CHECK(check_scripts(request->end_device().formatters(), script_size_max));
    return change_app_device(current, request->end_device(), fields, now);
  };
  Named named{deciding<AppDevice>(setting, std::move(decide)), paths_of(mask),
              cause_of(*setting.call)};
  const bool may_fail_vectors = touches(mask, "formatters") || touches(mask, "version_ids");
  if (!may_fail_vectors) return change(uid, std::move(named), std::move(then));
  auto make = [&uid](actors::Reply<DevicePtr> reply) {
    return application_server::GetAppDevice{uid, std::move(reply)};
  };
  asker_.ask<DevicePtr>(shards_.of(uid), "APPLICATION_SERVER", make,
                        [self = *this, uid, named = std::move(named),
                         then = std::move(then)](const Result<DevicePtr>& device) {
                          self.check_and_change(uid, device ? *device : nullptr, named, then);
                        });
}

/// The formatters that are to be pass the vectors that are there, or nothing is changed.
void AsDevices::check_and_change(const DeviceUid& uid, const DevicePtr& maybe_current,
                                 const Named& named, const actors::Reply<DevicePtr>& then) const {
  const auto vectors = maybe_current ? maybe_current->formatter_vectors : std::nullopt;
  if (!vectors) return change(uid, named, then);
  const auto next = named.change(maybe_current.get());
  if (!next) return then(fail(next.error()));
  const auto device = to_proto(*next);
  vectors_->check({vectors_of(vectors), device.formatters(), device.ids(), device.version_ids()},
                  [self = *this, uid, vectors, named, then](const Status& status) {
                    if (!status) return then(fail(status.error()));
                    auto guarded = named;
                    guarded.change = [vectors, change = named.change](
                                         const AppDevice* now) -> Result<AppDevice> {
                      if ((now ? now->formatter_vectors : std::nullopt) != vectors)
                        return fail(vectors_have_changed);
                      return change(now);
                    };
                    self.change(uid, std::move(guarded), then);
                  });
}

void AsDevices::change(const DeviceUid& uid, Named named, actors::Reply<DevicePtr> then) const {
  auto make = [&](actors::Reply<DevicePtr> reply) {
    return application_server::ChangeAppDevice{uid, std::move(named.change), std::move(reply),
                                               std::move(named.paths), std::move(named.cause)};
  };
  asker_.ask<DevicePtr>(shards_.of(uid), "APPLICATION_SERVER", make, std::move(then));
}

void AsDevices::erase(const DeviceUid& uid, const events::Cause& cause,
                      actors::Reply<void> then) const {
  auto make = [&](actors::Reply<void> reply) {
    return application_server::DeleteAppDevice{
        .device = uid, .reply = std::move(reply), .cause = cause};
  };
  asker_.ask<void>(shards_.of(uid), "APPLICATION_SERVER", make, std::move(then));
}

void JsDevices::set(const DevicePartSetting& setting, const storage::JoinKey& euis,
                    actors::Reply<DevicePtr> then) const {
  auto decide = [request = setting.request, euis,
                 fields = change_paths(setting.request->field_mask())](
                    const join_server::JoinDevice* current) {
    return change_join_device(current, request->end_device(), euis, fields);
  };
  auto make = [&](actors::Reply<DevicePtr> reply) {
    return join_server::ChangeJoinDevice{
        euis.join_eui,
        euis.dev_eui,
        deciding<join_server::JoinDevice>(setting, std::move(decide)),
        std::move(reply),
        paths_of(setting.request->field_mask()),
        cause_of(*setting.call)};
  };
  asker_.ask<DevicePtr>(shards_.of(euis), "JOIN_SERVER", make, std::move(then));
}

void JsDevices::erase(const DeviceUid& uid, const storage::JoinKey& euis,
                      const events::Cause& cause, actors::Reply<void> then) const {
  auto make = [euis](actors::Reply<DevicePtr> reply) {
    return join_server::GetJoinDevice{euis.join_eui, euis.dev_eui, std::move(reply)};
  };
  asker_.ask<DevicePtr>(
      shards_.of(euis), "JOIN_SERVER", make,
      [self = *this, uid, euis, cause, then = std::move(then)](const Result<DevicePtr>& device) {
        if (!device) return then(fail(device.error()));
        if ((*device)->ids.uid != uid) return then(fail(join_server::device_not_found));
        auto erase = [&](actors::Reply<void> reply) {
          return join_server::DeleteJoinDevice{.join_eui = euis.join_eui,
                                               .dev_eui = euis.dev_eui,
                                               .reply = std::move(reply),
                                               .cause = cause};
        };
        self.asker_.ask<void>(self.shards_.of(euis), "JOIN_SERVER", erase, then);
      });
}

}  // namespace ff::api
