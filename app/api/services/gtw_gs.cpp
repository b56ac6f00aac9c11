// GtwGs: gateways over gRPC, and what gateways ask before they connect in other ways. [spec
// gateway-server §7]
#include <algorithm>
#include <caf/send.hpp>

#include "actors/gateway_server/connection/errors.hpp"
#include "app/api/services/gateway_stream.hpp"
#include "app/api/services/mapping/concentrator_config.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/gatewayserver.grpc.pb.h"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;
using gateway_server::GatewaySettings;
using google::protobuf::Empty;

constexpr std::string_view role = "GATEWAY_SERVER";

/// `ipv4:192.0.2.1:5000` without what says which kind of address it is.
std::string remote_of(const std::string& peer) {
  const auto colon = peer.find(':');
  return peer.starts_with("ip") && colon != std::string::npos ? peer.substr(colon + 1) : peer;
}

/// The gateway that a call is about, of its metadata.
Result<GatewayId> gateway_of(const Call& call) {
  return parse_gateway_id(call.find("id"));
}

/// Of its `Bearer`, with which the call has been let in.
std::string secret_of(const Call& call) {
  constexpr std::string_view scheme = "bearer ";
  const auto value = call.find("authorization");
  return std::string(value.substr(std::min(scheme.size(), value.size())));
}

class GtwGs final : public pb::GtwGs::CallbackService {
 public:
  GtwGs(const ServiceContext& context, GatewayDoors doors, Plans plans)
      : context_(context), doors_(std::move(doors)), plans_(std::move(plans)) {}

  grpc::ServerBidiReactor<pb::GatewayUp, pb::GatewayDown>* LinkGateway(
      grpc::CallbackServerContext* context) override {
    return context_.front.duplex<pb::GatewayUp, pb::GatewayDown>(
        {"ttn.lorawan.v3.GtwGs/LinkGateway"}, context,
        [this, remote = remote_of(context->peer())](auto call, const auto& messages) {
          link(call, remote, messages);
        });
  }

  grpc::ServerUnaryReactor* GetConcentratorConfig(grpc::CallbackServerContext* context,
                                                  const Empty* request,
                                                  pb::ConcentratorConfig* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GtwGs/GetConcentratorConfig"}, context, request,
                                response, [this](auto call, const auto&, const auto& reply) {
                                  const auto id = gateway_of(*call);
                                  if (!id) return reply(fail(id.error()));
                                  context_.authorized(
                                      call, gateway_key(id->text()), {}, reply,
                                      [=, this, id = *id] { get_config(id, reply); });
                                });
  }

  grpc::ServerUnaryReactor* GetMQTTConnectionInfo(grpc::CallbackServerContext* context,
                                                  const pb::GatewayIdentifiers* request,
                                                  pb::MQTTConnectionInfo* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GtwGs/GetMQTTConnectionInfo"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  tell_addresses(call, ids.gateway_id(), doors_.mqtt, reply);
                                });
  }
  grpc::ServerUnaryReactor* GetMQTTV2ConnectionInfo(grpc::CallbackServerContext* context,
                                                    const pb::GatewayIdentifiers* request,
                                                    pb::MQTTConnectionInfo* response) override {
    return context_.front.unary({"ttn.lorawan.v3.GtwGs/GetMQTTV2ConnectionInfo"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  tell_addresses(call, ids.gateway_id(), doors_.mqtt_v2, reply);
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  void link(const CallPtr& call, const std::string& remote,
            const std::shared_ptr<GatewayStream::Messages>& messages) const {
    const auto id = gateway_of(*call);
    if (!id) return messages->finish(fail(id.error()));
    gateway_server::ConnectRequest request;
    request.ids.gateway_id = *id;
    request.protocol = gateway_server::Protocol::grpc;
    request.authenticated = true;
    request.secret = secret_of(*call);
    request.chooses_antenna = true;
    request.remote_address = remote;
    auto allowed = [=, links = doors_.links, now = context_.now](const Status& status) {
      if (!status) return messages->finish(fail(status.error()));
      const auto frontend = links.get();
      if (!frontend) return messages->finish(fail(peer_unavailable, {{"cluster_role", role}}));
      auto stream = std::make_shared<GatewayStream>(messages, request.ids.gateway_id.text(), now);
      messages->on_cancel([stream] { stream->close("the gateway has left"); });
      caf::anon_send(frontend, gateway_server::OpenLink{request, stream});
    };
    context_.require(call, gateway_key(id->text()), needed_rights(call->method, {}),
                     std::move(allowed));
  }

  /// Of the first of the gateway's plans, as in the reference.
  Result<pb::ConcentratorConfig> config_of(const GatewaySettings& settings) const {
    const auto& ids = settings.frequency_plan_ids;
    const auto* plan = ids.empty() ? nullptr : plans_->find(ids.front());
    const auto* region = plan ? region::find_latest(plan->band_id) : nullptr;
    if (region == nullptr) {
      return fail(gateway_server::frequency_plan_not_configured,
                  {{"id", ids.empty() ? std::string() : ids.front()}});
    }
    return to_concentrator_config(*plan, *region);
  }

  void get_config(const GatewayId& id, const Reply<pb::ConcentratorConfig>& reply) const {
    auto found = [this, reply](const Result<GatewaySettings>& settings) {
      if (!settings) return reply(fail(settings.error()));
      reply(config_of(*settings));
    };
    doors_.registry->find({id, {}}, context_.asker.within_deadline<GatewaySettings>(
                                        "IDENTITY_SERVER", std::move(found)));
  }

  void tell_addresses(const CallPtr& call, const std::string& gateway_id,
                      const MqttAddresses& addresses,
                      const Reply<pb::MQTTConnectionInfo>& reply) const {
    context_.authorized(call, gateway_key(gateway_id), {}, reply, [=] {
      pb::MQTTConnectionInfo info;
      info.set_public_address(addresses.public_address);
      info.set_public_tls_address(addresses.public_tls_address);
      info.set_username(gateway_id);
      reply(std::move(info));
    });
  }

  const ServiceContext& context_;
  const GatewayDoors doors_;
  const Plans plans_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_gtw_gs(const ServiceContext& context, GatewayDoors doors,
                                           Plans plans) {
  return std::make_unique<GtwGs>(context, std::move(doors), std::move(plans));
}

}  // namespace ff::api
