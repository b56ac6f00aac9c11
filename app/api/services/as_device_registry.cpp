// AsEndDeviceRegistry: the application server's part of devices, asked of and changed in their
// pipelines.
#include "actors/application_server/pipeline/device.hpp"
#include "app/api/services/audit/told.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/formatter_vector_runs.hpp"
#include "app/api/services/mapping/as_device.hpp"
#include "app/api/services/mapping/formatter_vector.hpp"
#include "app/api/services/mapping/link.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/applicationserver.grpc.pb.h"

namespace ff::api {
namespace {

using application_server::AppDevice;
using google::protobuf::Empty;
using DevicePtr = std::shared_ptr<const AppDevice>;
using DeviceReply = actors::Reply<DevicePtr>;

class AsDeviceRegistry final : public pb::AsEndDeviceRegistry::CallbackService {
 public:
  AsDeviceRegistry(const ServiceContext& context, ApplicationServers shards,
                   std::size_t script_size_max, const FormatterCalls& calls)
      : context_(context),
        shards_(std::move(shards)),
        script_size_max_(script_size_max),
        vectors_(calls) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const pb::GetEndDeviceRequest* request,
                                pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.AsEndDeviceRegistry/Get"}, context, request, response,
        [this](auto call, const auto& get, const auto& reply) { this->get(call, get, reply); });
  }
  grpc::ServerUnaryReactor* Set(grpc::CallbackServerContext* context,
                                const pb::SetEndDeviceRequest* request,
                                pb::EndDevice* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.AsEndDeviceRegistry/Set"}, context, request, response,
        [this](auto call, const auto& set, const auto& reply) { this->set(call, set, reply); });
  }
  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::EndDeviceIdentifiers* request,
                                   Empty* response) override {
    return context_.front.unary(
        {"ttn.lorawan.v3.AsEndDeviceRegistry/Delete"}, context, request, response,
        [this](auto call, const auto& ids, const auto& reply) { this->erase(call, ids, reply); });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;
  using ProtoReply = Reply<pb::EndDevice>;
  using DeviceChange = std::function<Result<AppDevice>(const AppDevice* current)>;

  void get(const CallPtr& call, const pb::GetEndDeviceRequest& request,
           const ProtoReply& reply) const {
    const auto uid = uid_of(request.end_device_ids());
    const auto paths = paths_of(request.field_mask());
    context_.authorized(
        call, application_key(uid.application_id.text()), paths, reply, [=, this, &request] {
          ask<application_server::GetAppDevice>(uid, answer(request.field_mask(), reply));
        });
  }

  void set(const CallPtr& call, const pb::SetEndDeviceRequest& request,
           const ProtoReply& reply) const {
    const auto uid = uid_of(request.end_device().ids());
    const auto paths = paths_of(request.field_mask());
    context_.authorized(
        call, application_key(uid.application_id.text()), paths, reply, [=, this, &request] {
          using Changed = Result<AppDevice>;
          DeviceChange decide = [device = request.end_device(),
                                 fields = change_paths(request.field_mask()), now = context_.now(),
                                 script_size_max =
                                     script_size_max_](const AppDevice* current) -> Changed {
            FF_CHECK(check_scripts(device.formatters(), script_size_max));
            return change_app_device(current, device, fields, now);
          };
          const DeviceChange change =
              told<AppDevice>(call, audit_name(uid), show, std::move(decide));
          const auto then = answer(request.field_mask(), reply);
          const bool may_fail_vectors = touches(request.field_mask(), "formatters") ||
                                        touches(request.field_mask(), "version_ids");
          if (!may_fail_vectors) return ask_change(uid, change, then);
          ask<application_server::GetAppDevice>(
              uid, DeviceReply([=, this](const Result<DevicePtr>& device) {
                check_and_change(uid, device ? *device : nullptr, change, then);
              }));
        });
  }

  /// The formatters that are to be pass the vectors that are there, or nothing is changed.
  void check_and_change(const DeviceUid& uid, const DevicePtr& current, const DeviceChange& change,
                        const DeviceReply& then) const {
    const auto vectors = current ? current->formatter_vectors : std::nullopt;
    if (!vectors) return ask_change(uid, change, then);
    const auto next = change(current.get());
    if (!next) return then(fail(next.error()));
    const auto device = to_proto(*next);
    vectors_.check({vectors_of(vectors), device.formatters(), device.ids(), device.version_ids()},
                   [=, this](const Status& status) {
                     if (!status) return then(fail(status.error()));
                     ask_change(
                         uid,
                         [vectors, change](const AppDevice* now) -> Result<AppDevice> {
                           if ((now ? now->formatter_vectors : std::nullopt) != vectors)
                             return fail(vectors_have_changed);
                           return change(now);
                         },
                         then);
                   });
  }

  void erase(const CallPtr& call, const pb::EndDeviceIdentifiers& ids,
             const Reply<Empty>& reply) const {
    const auto uid = uid_of(ids);
    context_.authorized(call, application_key(uid.application_id.text()), {}, reply, [=, this] {
      if (!call->trail) return erase(uid, reply);
      ask<application_server::GetAppDevice>(
          uid, DeviceReply([=, this](const Result<DevicePtr>& device) {
            if (device) tell_deletion(*call, audit_name(uid), **device, show);
            erase(uid, reply);
          }));
    });
  }

  void erase(const DeviceUid& uid, const Reply<Empty>& reply) const {
    ask<application_server::DeleteAppDevice>(uid, actors::Reply<void>([reply](Status status) {
                                               if (!status)
                                                 return reply(fail(std::move(status).error()));
                                               reply(Empty());
                                             }));
  }

  static pb::EndDevice show(const AppDevice& device) { return to_proto(device); }

  /// Answers with what of the device was asked for.
  static DeviceReply answer(const google::protobuf::FieldMask& mask, const ProtoReply& reply) {
    return [paths = answer_paths(mask), reply](Result<DevicePtr> device) {
      if (!device) return reply(fail(std::move(device).error()));
      reply(masked(to_proto(**device), paths));
    };
  }

  template <class Event, class T>
  void ask(const DeviceUid& uid, actors::Reply<T> then) const {
    auto make = [uid](actors::Reply<T> reply) { return Event{uid, std::move(reply)}; };
    context_.asker.ask<T>(shards_.of(uid), "APPLICATION_SERVER", std::move(make), std::move(then));
  }

  template <class Change>
  void ask_change(const DeviceUid& uid, Change change, DeviceReply then) const {
    auto make = [uid, change = std::move(change)](DeviceReply reply) {
      return application_server::ChangeAppDevice{uid, change, std::move(reply)};
    };
    context_.asker.ask<DevicePtr>(shards_.of(uid), "APPLICATION_SERVER", std::move(make),
                                  std::move(then));
  }

  const ServiceContext& context_;
  ApplicationServers shards_;
  std::size_t script_size_max_;
  FormatterVectorRuns vectors_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_as_device_registry(const ServiceContext& context,
                                                       ApplicationServers shards,
                                                       std::size_t script_size_max,
                                                       const FormatterCalls& calls) {
  return std::make_unique<AsDeviceRegistry>(context, std::move(shards), script_size_max, calls);
}

}  // namespace ff::api
