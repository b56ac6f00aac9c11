// JsEndDeviceRegistry: the join server's part of devices. Its shards know devices by their EUIs;
// requests often name only the ids, whose EUIs are then looked up (device_euis.hpp).
#include "actors/join_server/errors.hpp"
#include "app/api/services/audit/told.hpp"
#include "app/api/services/base/cause.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/device_euis.hpp"
#include "app/api/services/device_parts.hpp"
#include "app/api/services/mapping/js_device.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/joinserver.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using DevicePtr = std::shared_ptr<const join_server::JoinDevice>;
using DeviceReply = actors::Reply<DevicePtr>;
using EuisReply = actors::Reply<storage::JoinKey>;

constexpr ErrorDef provisioner_not_found{"pkg/joinserver", "provisioner_not_found", Code::not_found,
                                         "provisioner `{id}` not found"};

class JsDeviceRegistry final : public pb::JsEndDeviceRegistry::CallbackService {
 public:
  JsDeviceRegistry(const ServiceContext& context, JoinServers shards, DeviceEuis euis)
      : context_(context),
        shards_(shards),
        devices_(context.asker, std::move(shards)),
        euis_(std::move(euis)) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetEndDeviceRequest* request,
                                pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.JsEndDeviceRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) { this->get(call, get, reply); });
  }
  grpc::ServerUnaryReactor* Set(grpc::CallbackServerContext* context,
                                const pb::SetEndDeviceRequest* request,
                                pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.JsEndDeviceRegistry/Set"}, context, request, response,
        [this](auto call, const auto& set, const auto& reply) { this->set(call, set, reply); });
  }
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::EndDeviceIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.JsEndDeviceRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) { this->erase(call, ids, reply); });
  }
  grpc::ServerWriteReactor<pb::EndDevice>* Provision(
      grpc::CallbackServerContext* context,
      const pb::ProvisionEndDevicesRequest* request) override {
    return context_.front.stream<pb::EndDevice>(
        {"ttn.lorawan.v3.JsEndDeviceRegistry/Provision"}, context, request,
        [this](auto call, const auto& provision, const auto& stream) {
          const auto key = application_key(provision.application_ids().application_id());
          context_.require(call, key, needed_rights(call->method, {}),
                           [stream, id = provision.provisioner_id()](const Status& allowed) {
                             if (!allowed) return stream->finish(allowed);
                             stream->finish(fail(provisioner_not_found, {{"id", id}}));
                           });
        });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;
  using ProtoReply = Reply<pb::EndDevice>;

  void get(const CallPtr& call, const pb::GetEndDeviceRequest& request,
           const ProtoReply& reply) const {
    const auto uid = uid_of(request.end_device_ids());
    const auto paths = paths_of(request.field_mask());
    context_.authorized(
        call, application_key(uid.application_id.text()), paths, reply, [=, this, &request] {
          auto found = answer(uid, request.field_mask(), reply);
          resolve(request.end_device_ids(), reply, [this, found](const storage::JoinKey& euis) {
            auto make = [euis](DeviceReply then) {
              return join_server::GetJoinDevice{euis.join_eui, euis.dev_eui, std::move(then)};
            };
            context_.asker.ask<DevicePtr>(shards_.of(euis), "JOIN_SERVER", make, found);
          });
        });
  }

  void set(const CallPtr& call, const pb::SetEndDeviceRequest& request,
           const ProtoReply& reply) const {
    const auto& ids = request.end_device().ids();
    const auto uid = uid_of(ids);
    const auto paths = paths_of(request.field_mask());
    context_.authorized(
        call, application_key(uid.application_id.text()), paths, reply, [=, this, &request] {
          auto changed = answer(uid, request.field_mask(), reply);
          resolve(request.end_device().ids(), reply,
                  [=, this, &request](const storage::JoinKey& euis) {
                    devices_.set({call, std::make_shared<pb::SetEndDeviceRequest>(request)}, euis,
                                 changed);
                  });
        });
  }

  void erase(const CallPtr& call, const pb::EndDeviceIdentifiers& ids,
             const Reply<Empty>& reply) const {
    const auto uid = uid_of(ids);
    context_.authorized(
        call, application_key(uid.application_id.text()), {}, reply, [=, this, &ids] {
          resolve(ids, reply, [=, this](const storage::JoinKey& euis) {
            // The device must be the one that was named: another may have the EUIs.
            auto make = [euis](DeviceReply then) {
              return join_server::GetJoinDevice{euis.join_eui, euis.dev_eui, std::move(then)};
            };
            context_.asker.ask<DevicePtr>(shards_.of(euis), "JOIN_SERVER", make,
                                          [=, this](Result<DevicePtr> device) {
                                            if (device && (*device)->ids.uid == uid)
                                              tell_deletion(*call, audit_name(uid), **device, show);
                                            erase_found(call, uid, euis, device, reply);
                                          });
          });
        });
  }

  void erase_found(const CallPtr& call, const DeviceUid& uid, const storage::JoinKey& euis,
                   const Result<DevicePtr>& device, const Reply<Empty>& reply) const {
    if (!device) return reply(fail(device.error()));
    if ((*device)->ids.uid != uid) return reply(fail(join_server::device_not_found));
    auto make = [&](actors::Reply<void> then) {
      return join_server::DeleteJoinDevice{.join_eui = euis.join_eui,
                                           .dev_eui = euis.dev_eui,
                                           .reply = std::move(then),
                                           .cause = cause_of(*call)};
    };
    context_.asker.ask<void>(shards_.of(euis), "JOIN_SERVER", make, [reply](Status status) {
      if (!status) return reply(fail(std::move(status).error()));
      reply(Empty());
    });
  }

  static pb::EndDevice show(const join_server::JoinDevice& device) { return to_proto(device); }

  /// Calls `then` with the EUIs of the request, or of the device that it names; else answers why
  /// not.
  template <class Response, class Then>
  void resolve(const pb::EndDeviceIdentifiers& ids, const Reply<Response>& reply, Then then) const {
    const auto join_eui = join_eui_of(ids.join_eui());
    const auto dev_eui = dev_eui_of(ids.dev_eui());
    if (join_eui && dev_eui) return then(storage::JoinKey{*join_eui, *dev_eui});
    euis_.find(uid_of(ids), [reply, then](const Result<DeviceIdentifiers>& found) {
      if (!found) return reply(fail(found.error()));
      then(storage::JoinKey{*found->join_eui, *found->dev_eui});
    });
  }

  /// Answers with what of the device was asked for.
  static DeviceReply answer(const DeviceUid& uid, const google::protobuf::FieldMask& mask,
                            const ProtoReply& reply) {
    return [uid, paths = answer_paths(mask), reply](Result<DevicePtr> device) {
      if (!device) return reply(fail(std::move(device).error()));
      if ((*device)->ids.uid != uid) return reply(fail(join_server::device_not_found));
      reply(masked(to_proto(**device), paths));
    };
  }

  const ServiceContext& context_;
  JoinServers shards_;
  JsDevices devices_;
  DeviceEuis euis_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_js_device_registry(const ServiceContext& context,
                                                       JoinServers shards, DeviceEuis euis) {
  return std::make_unique<JsDeviceRegistry>(context, std::move(shards), std::move(euis));
}

}  // namespace ff::api
