// NsJs, AsJs and AppJs: joins and session keys, for network and application servers of this cluster
// and for users who may read keys.
#include "actors/join_server/device.hpp"
#include "actors/join_server/errors.hpp"
#include "app/api/services/join_server.hpp"
#include "app/api/services/mapping/join_messages.hpp"
#include "app/api/services/mapping/values.hpp"
#include "ttn/lorawan/v3/joinserver.grpc.pb.h"

namespace ff::api {
namespace {

using join_server::no_dev_eui;
using network_server::JoinAnswer;

constexpr std::string_view role = "JOIN_SERVER";

/// The EUIs of a request for keys.
Result<storage::JoinKey> euis_of(const pb::SessionKeyRequest& request) {
  const auto join_eui = join_eui_of(request.join_eui());
  const auto dev_eui = dev_eui_of(request.dev_eui());
  if (!join_eui || !dev_eui) return fail(no_dev_eui);
  return storage::JoinKey{*join_eui, *dev_eui};
}

/// The AppSKey of a session, from the shard that made it.
void get_app_s_key(const ServiceContext& context, const JoinServers& shards,
                   const storage::JoinKey& euis, const pb::SessionKeyRequest& request,
                   const Reply<pb::AppSKeyResponse>& reply) {
  auto make = [&](actors::Reply<KeyEnvelope> then) {
    return join_server::GetAppSKey{
        euis.join_eui, euis.dev_eui, bytes_of(request.session_key_id()), {}, std::move(then)};
  };
  context.asker.ask<KeyEnvelope>(shards.of(euis), role, make,
                                 [reply](const Result<KeyEnvelope>& key) {
                                   if (!key) return reply(fail(key.error()));
                                   pb::AppSKeyResponse out;
                                   put_key(*key, *out.mutable_app_s_key());
                                   reply(std::move(out));
                                 });
}

class NsJs final : public pb::NsJs::CallbackService {
 public:
  NsJs(const ServiceContext& context, JoinServerDoors doors)
      : context_(context), doors_(std::move(doors)) {}

  grpc::ServerUnaryReactor* HandleJoin(grpc::CallbackServerContext* context,
                                       const pb::JoinRequest* request,
                                       pb::JoinResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.NsJs/HandleJoin", Access::open}, context, request,
                                response, [this](auto call, const auto& join, const auto& reply) {
                                  if (auto allowed = doors_.cluster_keys.check(*call); !allowed)
                                    return reply(fail(allowed.error()));
                                  this->handle_join(join, reply);
                                });
  }
  grpc::ServerUnaryReactor* GetNwkSKeys(grpc::CallbackServerContext* context,
                                        const pb::SessionKeyRequest* request,
                                        pb::NwkSKeysResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.NsJs/GetNwkSKeys", Access::open}, context, request,
                                response, [this](auto call, const auto& query, const auto& reply) {
                                  if (auto allowed = doors_.cluster_keys.check(*call); !allowed)
                                    return reply(fail(allowed.error()));
                                  this->get_keys(query, reply);
                                });
  }

 private:
  void handle_join(const pb::JoinRequest& request, const Reply<pb::JoinResponse>& reply) const {
    auto asked = join_of(request);
    if (!asked) return reply(fail(asked.error()));
    const storage::JoinKey euis{asked->join_eui, asked->dev_eui};
    auto make = [&](actors::Reply<JoinAnswer> then) {
      asked->reply = std::move(then);
      return *std::move(asked);
    };
    context_.asker.ask<JoinAnswer>(
        doors_.shards.of(euis), role, make,
        [reply, vault = doors_.vault->current(),
         ids = request.correlation_ids()](const Result<JoinAnswer>& answer) {
          if (!answer) return reply(fail(answer.error()));
          auto out = to_proto(*answer, *vault);
          if (!out) return reply(fail(out.error()));
          *out->mutable_correlation_ids() = ids;
          reply(*std::move(out));
        });
  }

  void get_keys(const pb::SessionKeyRequest& request,
                const Reply<pb::NwkSKeysResponse>& reply) const {
    const auto euis = euis_of(request);
    if (!euis) return reply(fail(euis.error()));
    auto make = [&](actors::Reply<JoinAnswer> then) {
      return join_server::GetNwkSKeys{euis->join_eui, euis->dev_eui,
                                      bytes_of(request.session_key_id()), std::move(then)};
    };
    context_.asker.ask<JoinAnswer>(
        doors_.shards.of(*euis), role, make,
        [reply, vault = doors_.vault->current()](const Result<JoinAnswer>& answer) {
          if (!answer) return reply(fail(answer.error()));
          pb::NwkSKeysResponse out;
          if (auto put = put_network_keys(*answer, *vault, out); !put)
            return reply(fail(put.error()));
          reply(std::move(out));
        });
  }

  const ServiceContext& context_;
  JoinServerDoors doors_;
};

class AsJs final : public pb::AsJs::CallbackService {
 public:
  AsJs(const ServiceContext& context, JoinServerDoors doors)
      : context_(context), doors_(std::move(doors)) {}

  grpc::ServerUnaryReactor* GetAppSKey(grpc::CallbackServerContext* context,
                                       const pb::SessionKeyRequest* request,
                                       pb::AppSKeyResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.AsJs/GetAppSKey", Access::open}, context, request,
                                response, [this](auto call, const auto& query, const auto& reply) {
                                  if (auto allowed = doors_.cluster_keys.check(*call); !allowed)
                                    return reply(fail(allowed.error()));
                                  const auto euis = euis_of(query);
                                  if (!euis) return reply(fail(euis.error()));
                                  get_app_s_key(context_, doors_.shards, *euis, query, reply);
                                });
  }

 private:
  const ServiceContext& context_;
  JoinServerDoors doors_;
};

class AppJs final : public pb::AppJs::CallbackService {
 public:
  AppJs(const ServiceContext& context, JoinServerDoors doors)
      : context_(context), doors_(std::move(doors)) {}

  grpc::ServerUnaryReactor* GetAppSKey(grpc::CallbackServerContext* context,
                                       const pb::SessionKeyRequest* request,
                                       pb::AppSKeyResponse* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.AppJs/GetAppSKey"}, context, request, response,
        [this](auto call, const auto& query, const auto& reply) { this->get(call, query, reply); });
  }

 private:
  /// Whose device it is decides whose rights count.
  void get(const std::shared_ptr<const Call>& call, const pb::SessionKeyRequest& request,
           const Reply<pb::AppSKeyResponse>& reply) const {
    const auto euis = euis_of(request);
    if (!euis) return reply(fail(euis.error()));
    using DevicePtr = std::shared_ptr<const join_server::JoinDevice>;
    auto make = [&](actors::Reply<DevicePtr> then) {
      return join_server::GetJoinDevice{euis->join_eui, euis->dev_eui, std::move(then)};
    };
    context_.asker.ask<DevicePtr>(
        doors_.shards.of(*euis), role, make,
        [this, call, euis = *euis, &request, reply](const Result<DevicePtr>& device) {
          if (!device) return reply(fail(device.error()));
          const auto application = application_key((*device)->ids.uid.application_id.text());
          context_.authorized(call, application, {}, reply, [this, euis, &request, reply] {
            get_app_s_key(context_, doors_.shards, euis, request, reply);
          });
        });
  }

  const ServiceContext& context_;
  JoinServerDoors doors_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_ns_js(const ServiceContext& context, JoinServerDoors doors) {
  return std::make_unique<NsJs>(context, std::move(doors));
}
std::unique_ptr<grpc::Service> make_as_js(const ServiceContext& context, JoinServerDoors doors) {
  return std::make_unique<AsJs>(context, std::move(doors));
}
std::unique_ptr<grpc::Service> make_app_js(const ServiceContext& context, JoinServerDoors doors) {
  return std::make_unique<AppJs>(context, std::move(doors));
}

}  // namespace ff::api
