// NsMACSettingsProfileRegistry: MAC settings that devices of an application share.
#include "actors/network_server/session/errors.hpp"
#include "app/api/services/audit/told.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/identity/entity_registry.hpp"
#include "app/api/services/mapping/mac_settings.hpp"
#include "app/api/services/services.hpp"
#include "protocol/field_mask/field_mask.hpp"
#include "ttn/lorawan/v3/networkserver.grpc.pb.h"

namespace ff::api {
namespace {

using namespace network_server;

constexpr std::string_view role = "NETWORK_SERVER";
/// Of requests that do not say how many they want.
constexpr std::uint64_t profiles_per_page = 100;

ProfileKey key_of(const pb::MACSettingsProfileIdentifiers& ids) {
  return {ApplicationId(ids.application_ids().application_id()), ids.profile_id()};
}

pb::MACSettingsProfile to_proto(const ProfileKey& key, const mac::MacSettings& settings) {
  pb::MACSettingsProfile out;
  out.mutable_ids()->mutable_application_ids()->set_application_id(key.application_id.text());
  out.mutable_ids()->set_profile_id(key.profile_id);
  put_mac_settings(settings, *out.mutable_mac_settings());
  return out;
}

pb::MACSettingsProfile to_proto(const ProfileView& view) {
  auto out = to_proto(view.profile.key, *view.profile.settings);
  out.set_end_devices_count(static_cast<std::uint32_t>(view.devices));
  return out;
}

std::string audit_name(const ProfileKey& key) {
  return api::audit_name(key.application_id) + "/mac_settings_profile:" + key.profile_id;
}

/// Without a mask everything is meant.
template <class Request>
Paths asked(const Request& request) {
  if (!request.has_field_mask()) return {"ids", "mac_settings", "end_devices_count"};
  auto paths = paths_of(request.field_mask());
  paths.emplace_back("ids");
  return paths;
}

bool wants_count(const Paths& paths) {
  return std::ranges::find(paths, "end_devices_count") != paths.end();
}

/// The settings with the named fields of `requested`.
Result<mac::MacSettings> changed_settings(const mac::MacSettings& current,
                                          const pb::MACSettingsProfile& requested, Paths paths) {
  std::erase_if(paths, [](const std::string& path) { return !path.starts_with("mac_settings"); });
  auto profile = to_proto(ProfileKey(), current);
  FF_CHECK(field_mask::copy(requested, paths, profile));
  return mac_settings_of(profile.mac_settings());
}

/// Answers with the profile as it is now.
template <class Response>
actors::Reply<SettingsPtr> answer(const ProfileKey& key, const Paths& paths,
                                  const Reply<Response>& reply) {
  return [=](const Result<SettingsPtr>& settings) {
    if (!settings) return reply(fail(settings.error()));
    Response out;
    *out.mutable_mac_settings_profile() = masked(to_proto(key, **settings), paths);
    reply(std::move(out));
  };
}

class MacSettingsProfiles final : public pb::NsMACSettingsProfileRegistry::CallbackService {
 public:
  MacSettingsProfiles(const ServiceContext& context, Profiles registry)
      : context_(context), registry_(std::move(registry)) {}

  grpc::ServerUnaryReactor* Create(grpc::CallbackServerContext* context,
                                   const pb::CreateMACSettingsProfileRequest* request,
                                   pb::CreateMACSettingsProfileResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.NsMACSettingsProfileRegistry/Create"}, context, request, response,
        [this](auto call, const auto& create, const auto& reply) { run(call, create, reply); });
  }
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetMACSettingsProfileRequest* request,
                                pb::GetMACSettingsProfileResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.NsMACSettingsProfileRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) { run(call, get, reply); });
  }
  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context,
                                   const pb::UpdateMACSettingsProfileRequest* request,
                                   pb::UpdateMACSettingsProfileResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.NsMACSettingsProfileRegistry/Update"}, context, request, response,
        [this](auto call, const auto& update, const auto& reply) { run(call, update, reply); });
  }
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::DeleteMACSettingsProfileRequest* request,
                                   pb::DeleteMACSettingsProfileResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.NsMACSettingsProfileRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& erase, const auto& reply) { run(call, erase, reply); });
  }
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context,
                                 const pb::ListMACSettingsProfilesRequest* request,
                                 pb::ListMACSettingsProfilesResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.NsMACSettingsProfileRegistry/List"}, context,
                                request, response,
                                [this, context](auto call, const auto& list, const auto& reply) {
                                  this->list(call, *context, list, reply);
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  void run(const CallPtr& call, const pb::CreateMACSettingsProfileRequest& request,
           const Reply<pb::CreateMACSettingsProfileResponse>& reply) const {
    const auto key = key_of(request.mac_settings_profile().ids());
    authorized(call, key, {}, reply, [=, this, &request] {
      if (call->trail)
        call->trail->changed(audit_name(key), nullptr, &request.mac_settings_profile());
      auto make = [&](actors::Reply<SettingsPtr> then) {
        return CreateProfile{key, mac_settings_of(request.mac_settings_profile().mac_settings()),
                             std::move(then)};
      };
      context_.asker.ask<SettingsPtr>(registry_.get(), role, make,
                                      answer(key, {"ids", "mac_settings"}, reply));
    });
  }

  void run(const CallPtr& call, const pb::GetMACSettingsProfileRequest& request,
           const Reply<pb::GetMACSettingsProfileResponse>& reply) const {
    const auto key = key_of(request.mac_settings_profile_ids());
    const auto paths = asked(request);
    authorized(call, key, paths, reply, [=, this] {
      auto make = [&](actors::Reply<ProfileView> then) {
        return GetProfile{key, wants_count(paths), std::move(then)};
      };
      auto found = [=](const Result<ProfileView>& view) {
        if (!view) return reply(fail(view.error()));
        pb::GetMACSettingsProfileResponse out;
        *out.mutable_mac_settings_profile() = masked(to_proto(*view), paths);
        reply(std::move(out));
      };
      context_.asker.ask<ProfileView>(registry_.get(), role, make, found);
    });
  }

  /// The reference changes the profile that the payload names, with the rights on the other one.
  void run(const CallPtr& call, const pb::UpdateMACSettingsProfileRequest& request,
           const Reply<pb::UpdateMACSettingsProfileResponse>& reply) const {
    const auto key = key_of(request.mac_settings_profile_ids());
    if (key_of(request.mac_settings_profile().ids()) != key)
      return reply(fail(field_value, {{"field", "mac_settings_profile.ids"}}));
    const auto paths = asked(request);
    authorized(call, key, paths, reply, [=, this, &request] {
      auto change = [key, requested = request.mac_settings_profile(), paths,
                     trail = call->trail](const mac::MacSettings& current) {
        auto next = changed_settings(current, requested, paths);
        if (!trail || !next) return next;
        const auto before = to_proto(key, current);
        const auto after = to_proto(key, *next);
        trail->changed(audit_name(key), &before, &after);
        return next;
      };
      auto make = [&](actors::Reply<SettingsPtr> then) {
        return ChangeProfile{key, change, std::move(then)};
      };
      context_.asker.ask<SettingsPtr>(registry_.get(), role, make, answer(key, paths, reply));
    });
  }

  void run(const CallPtr& call, const pb::DeleteMACSettingsProfileRequest& request,
           const Reply<pb::DeleteMACSettingsProfileResponse>& reply) const {
    const auto key = key_of(request.mac_settings_profile_ids());
    authorized(call, key, {}, reply, [=, this] {
      auto make = [&](actors::Reply<void> then) { return DeleteProfile{key, std::move(then)}; };
      context_.asker.ask<void>(registry_.get(), role, make, [reply](const Status& status) {
        if (!status) return reply(fail(status.error()));
        reply(pb::DeleteMACSettingsProfileResponse());
      });
    });
  }

  void list(const CallPtr& call, grpc::CallbackServerContext& context,
            const pb::ListMACSettingsProfilesRequest& request,
            const Reply<pb::ListMACSettingsProfilesResponse>& reply) const {
    const ProfileKey all{ApplicationId(request.application_ids().application_id()), {}};
    const auto paths = asked(request);
    authorized(call, all, paths, reply, [=, this, &context, &request] {
      const std::uint64_t limit = request.limit() > 0 ? request.limit() : profiles_per_page;
      ListProfiles list{.application_id = all.application_id,
                        .descending = request.order().starts_with('-'),
                        .skip = request.page() > 1 ? (request.page() - 1) * limit : 0,
                        .limit = limit,
                        .count_devices = wants_count(paths),
                        .reply = {}};
      auto make = [&](actors::Reply<ProfilePage> then) {
        list.reply = std::move(then);
        return list;
      };
      auto found = [=, &context](const Result<ProfilePage>& page) {
        if (!page) return reply(fail(page.error()));
        pb::ListMACSettingsProfilesResponse out;
        for (const auto& view : page->profiles)
          *out.add_mac_settings_profiles() = masked(to_proto(view), paths);
        set_total(context, page->total);
        reply(std::move(out));
      };
      context_.asker.ask<ProfilePage>(registry_.get(), role, make, found);
    });
  }

  template <class Response>
  void authorized(const CallPtr& call, const ProfileKey& key, const Paths& paths,
                  const Reply<Response>& reply, std::function<void()> then) const {
    context_.authorized(call, application_key(key.application_id.text()), paths, reply,
                        std::move(then));
  }

  const ServiceContext& context_;
  Profiles registry_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_mac_settings_profiles(const ServiceContext& context,
                                                          Profiles registry) {
  return std::make_unique<MacSettingsProfiles>(context, std::move(registry));
}

}  // namespace ff::api
