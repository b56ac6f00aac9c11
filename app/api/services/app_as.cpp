// AppAs: downlink queues of devices, live and simulated messages, how to reach the MQTT server.
#include "actors/application_server/pipeline/device.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/formatter_calls.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/simulated_up.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "app/api/services/up_subscription.hpp"
#include "ttn/lorawan/v3/applicationserver.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using Downlinks = std::vector<ApplicationDownlink>;
using DevicePtr = std::shared_ptr<const application_server::AppDevice>;

constexpr std::string_view role = "APPLICATION_SERVER";

class AppAs final : public pb::AppAs::CallbackService {
 public:
  AppAs(const ServiceContext& context, ApplicationServers shards, AppAsDoors doors)
      : context_(context),
        shards_(std::move(shards)),
        ups_(std::move(doors.ups)),
        scripts_(std::move(doors.formatters)),
        mqtt_(std::move(doors.mqtt)),
        new_id_(std::move(doors.new_id)) {}

  grpc::ServerWriteReactor<pb::ApplicationUp>* Subscribe(
      grpc::CallbackServerContext* context, const pb::ApplicationIdentifiers* request) override {
    return context_.front.stream<pb::ApplicationUp>(
        {"ttn.lorawan.v3.AppAs/Subscribe"}, context, request,
        [this](const auto& call, const auto& ids, const auto& stream) {
          subscribe_to_ups(context_, ups_, call, ApplicationId(ids.application_id()), stream);
        });
  }

  grpc::ServerUnaryReactor* DownlinkQueuePush(grpc::CallbackServerContext* context,
                                              const pb::DownlinkQueueRequest* request,
                                              Empty* response) override {
    return context_.front.unary({"ttn.lorawan.v3.AppAs/DownlinkQueuePush"}, context, request,
                                response, [this](auto call, const auto& push, const auto& reply) {
                                  queue(call, push, false, reply);
                                });
  }
  grpc::ServerUnaryReactor* DownlinkQueueReplace(grpc::CallbackServerContext* context,
                                                 const pb::DownlinkQueueRequest* request,
                                                 Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.AppAs/DownlinkQueueReplace"}, context, request, response,
        [this](auto call, const auto& push, const auto& reply) { queue(call, push, true, reply); });
  }
  grpc::ServerUnaryReactor* DownlinkQueueList(grpc::CallbackServerContext* context,
                                              const pb::EndDeviceIdentifiers* request,
                                              pb::ApplicationDownlinks* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.AppAs/DownlinkQueueList"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) { list(call, ids, reply); });
  }
  grpc::ServerUnaryReactor* GetMQTTConnectionInfo(grpc::CallbackServerContext* context,
                                                  const pb::ApplicationIdentifiers* request,
                                                  pb::MQTTConnectionInfo* response) override {
    return context_.front.unary({"ttn.lorawan.v3.AppAs/GetMQTTConnectionInfo"}, context, request,
                                response, [this](auto call, const auto& ids, const auto& reply) {
                                  context_.authorized(
                                      call, application_key(ids.application_id()), {}, reply,
                                      [=, this, &ids] {
                                        pb::MQTTConnectionInfo info;
                                        info.set_public_address(mqtt_.public_address);
                                        info.set_public_tls_address(mqtt_.public_tls_address);
                                        info.set_username(ids.application_id());
                                        reply(std::move(info));
                                      });
                                });
  }

  grpc::ServerUnaryReactor* SimulateUplink(grpc::CallbackServerContext* context,
                                           const pb::ApplicationUp* request,
                                           Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.AppAs/SimulateUplink"}, context, request, response,
        [this](auto call, const auto& up, const auto& reply) { simulate(call, up, reply); });
  }
  grpc::ServerUnaryReactor* EncodeDownlink(grpc::CallbackServerContext* context,
                                           const pb::EncodeDownlinkRequest* request,
                                           pb::EncodeDownlinkResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.AppAs/EncodeDownlink"}, context, request, response,
                                [this](auto call, const auto& encode, const auto& reply) {
                                  try_formatter(call, encode, reply);
                                });
  }
  grpc::ServerUnaryReactor* DecodeUplink(grpc::CallbackServerContext* context,
                                         const pb::DecodeUplinkRequest* request,
                                         pb::DecodeUplinkResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.AppAs/DecodeUplink"}, context, request, response,
                                [this](auto call, const auto& decode, const auto& reply) {
                                  try_formatter(call, decode, reply);
                                });
  }
  grpc::ServerUnaryReactor* DecodeDownlink(grpc::CallbackServerContext* context,
                                           const pb::DecodeDownlinkRequest* request,
                                           pb::DecodeDownlinkResponse* response) override {
    return context_.front.unary({"ttn.lorawan.v3.AppAs/DecodeDownlink"}, context, request, response,
                                [this](auto call, const auto& decode, const auto& reply) {
                                  try_formatter(call, decode, reply);
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  void simulate(const CallPtr& call, const pb::ApplicationUp& request,
                const Reply<Empty>& reply) const {
    const auto uid = uid_of(request.end_device_ids());
    context_.authorized(
        call, application_key(uid.application_id.text()), {}, reply, [=, this, &request] {
          auto up = std::make_shared<pb::ApplicationUp>(request);
          for (const auto& id : call->correlation_ids) up->add_correlation_ids(id);
          auto marked = mark_simulated(*up, context_.now(), new_id_ ? new_id_() : std::string());
          if (!marked) return reply(fail(marked.error()));
          auto make = [uid](actors::Reply<DevicePtr> then) {
            return application_server::GetAppDevice{uid, std::move(then)};
          };
          context_.asker.ask<DevicePtr>(shards_.of(uid), role, make,
                                        [=, this](const Result<DevicePtr>& device) {
                                          if (device) complete_ids((*device)->ids, *up);
                                          publish_simulated(*up, reply);
                                        });
        });
  }

  /// Also for a device that the application server does not know: others may.
  void publish_simulated(const pb::ApplicationUp& up, const Reply<Empty>& reply) const {
    auto simulation = simulation_of(up);
    if (!simulation) return reply(fail(simulation.error()));
    const auto uid = simulation->device;
    auto make = [&](actors::Reply<void> then) {
      simulation->reply = std::move(then);
      return *std::move(simulation);
    };
    context_.asker.ask<void>(shards_.of(uid), role, make, [reply](const Status& status) {
      if (!status) return reply(fail(status.error()));
      reply(Empty());
    });
  }

  /// A formatter that is not the device's, or not yet.
  template <class Request, class Response>
  void try_formatter(const CallPtr& call, const Request& request,
                     const Reply<Response>& reply) const {
    const auto& ids = request.end_device_ids().application_ids();
    context_.authorized(call, application_key(ids.application_id()), {}, reply,
                        [=, this, &request] { scripts_.run(request, reply); });
  }

  void queue(const CallPtr& call, const pb::DownlinkQueueRequest& request, bool replace,
             const Reply<Empty>& reply) const {
    const auto uid = uid_of(request.end_device_ids());
    context_.authorized(
        call, application_key(uid.application_id.text()), {}, reply, [=, this, &request] {
          Downlinks downlinks;
          for (const auto& item : request.downlinks()) {
            auto& downlink = downlinks.emplace_back(downlink_of(item));
            downlink.correlation_ids.append(call->correlation_ids);
          }
          auto make = [&](actors::Reply<void> then) {
            return application_server::QueueDownlinks{uid, std::move(downlinks), replace,
                                                      std::move(then)};
          };
          context_.asker.ask<void>(shards_.of(uid), role, make, [reply](const Status& status) {
            if (!status) return reply(fail(status.error()));
            reply(Empty());
          });
        });
  }

  void list(const CallPtr& call, const pb::EndDeviceIdentifiers& ids,
            const Reply<pb::ApplicationDownlinks>& reply) const {
    const auto uid = uid_of(ids);
    context_.authorized(call, application_key(uid.application_id.text()), {}, reply, [=, this] {
      auto make = [&](actors::Reply<Downlinks> then) {
        return application_server::ListQueuedDownlinks{uid, std::move(then)};
      };
      context_.asker.ask<Downlinks>(shards_.of(uid), role, make,
                                    [reply](const Result<Downlinks>& queue) {
                                      if (!queue) return reply(fail(queue.error()));
                                      pb::ApplicationDownlinks answer;
                                      for (const auto& downlink : *queue)
                                        put_downlink(downlink, *answer.add_downlinks());
                                      reply(std::move(answer));
                                    });
    });
  }

  const ServiceContext& context_;
  ApplicationServers shards_;
  UpDoors ups_;
  FormatterCalls scripts_;
  MqttAddresses mqtt_;
  NewId new_id_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_app_as(const ServiceContext& context, ApplicationServers shards,
                                           AppAsDoors doors) {
  return std::make_unique<AppAs>(context, std::move(shards), std::move(doors));
}

}  // namespace ff::api
