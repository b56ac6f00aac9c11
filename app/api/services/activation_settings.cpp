// ApplicationActivationSettingRegistry: what an application's owner sets for the activation of its
// devices. [spec join-server §9]
#include "actors/join_server/activation/errors.hpp"
#include "actors/join_server/errors.hpp"
#include "app/api/services/audit/told.hpp"
#include "app/api/services/join_server.hpp"
#include "app/api/services/mapping/values.hpp"
#include "protocol/field_mask/field_mask.hpp"
#include "ttn/lorawan/v3/joinserver.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using join_server::activation::ChangeSettings;
using join_server::activation::DeleteSettings;
using join_server::activation::GetSettings;
using join_server::activation::Settings;
using SettingsReply = Reply<pb::ApplicationActivationSettings>;

constexpr std::string_view role = "JOIN_SERVER";

pb::ApplicationActivationSettings to_proto(const Settings& settings) {
  pb::ApplicationActivationSettings out;
  out.set_kek_label(settings.kek_label);
  if (settings.kek.key || !settings.kek.encrypted_key.empty())
    put_key(settings.kek, *out.mutable_kek());
  if (settings.home_net_id) out.set_home_net_id(to_field(*settings.home_net_id));
  out.set_application_server_id(settings.application_server_id);
  return out;
}

Settings settings_of(const pb::ApplicationActivationSettings& from) {
  return {.kek_label = from.kek_label(),
          .kek = from.has_kek() ? key_of(from.kek()) : KeyEnvelope{},
          .home_net_id = net_id_of(from.home_net_id()),
          .application_server_id = from.application_server_id()};
}

bool names(const Paths& paths, std::string_view path) {
  return std::ranges::any_of(paths, [path](const std::string& one) {
    return one == path || (path.starts_with(one) && path[one.size()] == '.');
  });
}

/// `current` may be null. A KEK goes with the label under which application servers know it.
Result<Settings> change(const Settings* current, const pb::ApplicationActivationSettings& asked,
                        const Paths& paths) {
  if (names(paths, "kek.key")) {
    const auto key = plain_key_of(asked.kek());
    if (!key || key->is_zero())
      return fail(join_server::field_value, {{"field", "settings.kek.key"}});
    if (!names(paths, "kek_label") || asked.kek_label().empty())
      return fail(join_server::activation::no_kek_label);
  }
  auto next = current != nullptr ? to_proto(*current) : pb::ApplicationActivationSettings();
  FF_CHECK(field_mask::copy(asked, paths, next));
  return settings_of(next);
}

class Registry final : public pb::ApplicationActivationSettingRegistry::CallbackService {
 public:
  Registry(const ServiceContext& context, JoinServerDoors doors)
      : context_(context), doors_(std::move(doors)) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetApplicationActivationSettingsRequest* request,
                                pb::ApplicationActivationSettings* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationActivationSettingRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) { this->get(call, get, reply); });
  }
  grpc::ServerUnaryReactor* Set(grpc::CallbackServerContext* context,
                                const pb::SetApplicationActivationSettingsRequest* request,
                                pb::ApplicationActivationSettings* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.ApplicationActivationSettingRegistry/Set"}, context, request, response,
        [this](auto call, const auto& set, const auto& reply) { this->set(call, set, reply); });
  }
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::DeleteApplicationActivationSettingsRequest* request,
                                   Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.ApplicationActivationSettingRegistry/Delete"},
                                context, request, response,
                                [this](auto call, const auto& erase, const auto& reply) {
                                  this->erase(call, erase, reply);
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  void get(const CallPtr& call, const pb::GetApplicationActivationSettingsRequest& request,
           const SettingsReply& reply) const {
    const auto& id = request.application_ids().application_id();
    context_.authorized(call, application_key(id), {}, reply, [=, this, &request] {
      auto make = [id](actors::Reply<Settings> then) {
        return GetSettings{ApplicationId(id), std::move(then)};
      };
      context_.asker.ask<Settings>(doors_.activation_settings.get(), role, make,
                                   answer(request.field_mask(), reply));
    });
  }

  void set(const CallPtr& call, const pb::SetApplicationActivationSettingsRequest& request,
           const SettingsReply& reply) const {
    const auto& id = request.application_ids().application_id();
    if (request.field_mask().paths().empty()) return reply(fail(join_server::activation::no_paths));
    context_.authorized(call, application_key(id), {}, reply, [=, this, &request] {
      auto make = [&](actors::Reply<Settings> then) {
        return ChangeSettings{
            ApplicationId(id),
            told<Settings>(call, audit_name(ApplicationId(id)) + "/activation_settings", show,
                           [asked = request.settings(), paths = paths_of(request.field_mask())](
                               const Settings* current) { return change(current, asked, paths); }),
            std::move(then)};
      };
      context_.asker.ask<Settings>(doors_.activation_settings.get(), role, make,
                                   answer(request.field_mask(), reply));
    });
  }

  static pb::ApplicationActivationSettings show(const Settings& settings) {
    return to_proto(settings);
  }

  void erase(const CallPtr& call, const pb::DeleteApplicationActivationSettingsRequest& request,
             const Reply<Empty>& reply) const {
    const auto& id = request.application_ids().application_id();
    context_.authorized(call, application_key(id), {}, reply, [=, this] {
      auto make = [id](actors::Reply<void> then) {
        return DeleteSettings{ApplicationId(id), std::move(then)};
      };
      context_.asker.ask<void>(doors_.activation_settings.get(), role, make,
                               [reply](const Status& status) {
                                 if (!status) return reply(fail(status.error()));
                                 reply(Empty());
                               });
    });
  }

  static actors::Reply<Settings> answer(const google::protobuf::FieldMask& mask,
                                        const SettingsReply& reply) {
    return [paths = paths_of(mask), reply](const Result<Settings>& settings) {
      if (!settings) return reply(fail(settings.error()));
      reply(masked(to_proto(*settings), paths));
    };
  }

  const ServiceContext& context_;
  JoinServerDoors doors_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_activation_settings(const ServiceContext& context,
                                                        JoinServerDoors doors) {
  return std::make_unique<Registry>(context, std::move(doors));
}

}  // namespace ff::api
