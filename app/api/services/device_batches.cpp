// {Ns,As,Js}EndDeviceBatchRegistry: the deletion of many devices of an application. Each device is
// deleted by its own writer: a batch is not one transaction, as it is in the reference. When a
// device could not be deleted the answer is its error; the others are gone, and the same request
// again deletes the rest.
#include <mutex>

#include "actors/application_server/pipeline/device.hpp"
#include "actors/events/protobuf_data.hpp"
#include "actors/join_server/device.hpp"
#include "actors/join_server/errors.hpp"
#include "actors/network_server/session/device.hpp"
#include "app/api/services/base/cause.hpp"
#include "app/api/services/base/context.hpp"
#include "app/api/services/device_euis.hpp"
#include "app/api/services/mapping/values.hpp"
#include "app/api/services/services.hpp"
#include "ttn/lorawan/v3/applicationserver.grpc.pb.h"
#include "ttn/lorawan/v3/joinserver.grpc.pb.h"
#include "ttn/lorawan/v3/networkserver.grpc.pb.h"

namespace ff::api {
namespace {

using google::protobuf::Empty;
using Deleted = Result<DeviceIdentifiers>;
using DeletedReply = actors::Reply<DeviceIdentifiers>;
/// Deletes one device, without an event of its own; any thread. Error for a device that is not
/// there: one of code not_found.
using DeleteOne = std::function<void(const DeviceUid&, DeletedReply)>;

/// What has become of the devices of a batch. Any thread.
class Batch {
 public:
  /// `done` gets what was deleted, and the first error that is none of a device that was not there.
  using Done = std::function<void(const std::vector<DeviceIdentifiers>&, const Status&)>;

  Batch(std::size_t devices, Done done) : missing_(devices), done_(std::move(done)) {}

  void take(Deleted result) {
    {
      const std::scoped_lock lock(mutex_);
      if (result) {
        deleted_.push_back(*std::move(result));
      } else if (result.error().code() != Code::not_found && status_) {
        status_ = fail(std::move(result).error());
      }
      if (--missing_ > 0) return;
    }
    done_(deleted_, status_);
  }

 private:
  std::mutex mutex_;
  std::size_t missing_;
  std::vector<DeviceIdentifiers> deleted_;
  Status status_;
  Done done_;
};

events::EventData list_of(const std::vector<DeviceIdentifiers>& devices) {
  pb::EndDeviceIdentifiersList list;
  for (const auto& ids : devices) put_ids(ids, *list.add_end_device_ids());
  return events::protobuf_data(list);
}

/// What differs between the servers.
struct BatchKind {
  std::string_view method;  // literals
  std::string_view event;
  DeleteOne delete_one;
};

template <class Registry>
class DeviceBatches final : public Registry::CallbackService {
 public:
  DeviceBatches(const ServiceContext& context, BatchKind kind, events::Publish publish)
      : context_(context), kind_(std::move(kind)), publish_(std::move(publish)) {}

  grpc::ServerUnaryReactor* Delete(grpc::CallbackServerContext* context,
                                   const pb::BatchDeleteEndDevicesRequest* request,
                                   Empty* response) override {
    return context_.front.unary({kind_.method}, context, request, response,
                                [this](auto call, const auto& batch, const auto& reply) {
                                  const auto& id = batch.application_ids().application_id();
                                  context_.authorized(
                                      call, application_key(id), {}, reply,
                                      [=, this, &batch] { erase(call, batch, reply); });
                                });
  }

 private:
  using CallPtr = std::shared_ptr<const Call>;

  void erase(const CallPtr& call, const pb::BatchDeleteEndDevicesRequest& request,
             const Reply<Empty>& reply) const {
    const ApplicationId application(request.application_ids().application_id());
    // With a copy of everything: the last answer may come when the services have gone.
    auto done = [call, application, reply, publish = publish_, name = kind_.event,
                 now = context_.now](const auto& deleted, const Status& status) {
      if (!deleted.empty() && publish) {
        auto cause = cause_of(*call);
        publish({.name = name,
                 .time = now(),
                 .subject = application,
                 .correlation_ids = std::move(cause.correlation_ids),
                 .data = list_of(deleted),
                 .caller = std::move(cause.caller)});
      }
      if (!status) return reply(fail(status.error()));
      reply(Empty());
    };
    const auto batch =
        std::make_shared<Batch>(static_cast<std::size_t>(request.device_ids_size()), done);
    for (const auto& id : request.device_ids()) {
      kind_.delete_one({application, DeviceId(id)},
                       [batch](Deleted result) { batch->take(std::move(result)); });
    }
  }

  const ServiceContext& context_;
  BatchKind kind_;
  events::Publish publish_;
};

/// The device's identifiers for an answer that has none.
actors::Reply<void> with_ids(DeviceIdentifiers ids, DeletedReply then) {
  return [ids = std::move(ids), then = std::move(then)](const Status& status) {
    if (!status) return then(fail(status.error()));
    then(ids);
  };
}

DeleteOne delete_in_network_server(const ServiceContext& context, NetworkServers shards) {
  return [asker = context.asker, shards = std::move(shards)](const DeviceUid& uid,
                                                             DeletedReply then) {
    auto make = [&](DeletedReply reply) {
      return network_server::to_session(uid, network_server::DeleteDevice{std::move(reply), true});
    };
    asker.ask<DeviceIdentifiers>(shards.of(uid), "NETWORK_SERVER", make, std::move(then));
  };
}

DeleteOne delete_in_application_server(const ServiceContext& context, ApplicationServers shards) {
  return
      [asker = context.asker, shards = std::move(shards)](const DeviceUid& uid, DeletedReply then) {
        auto make = [&](actors::Reply<void> reply) {
          return application_server::DeleteAppDevice{uid, std::move(reply), true};
        };
        asker.ask<void>(
            shards.of(uid), "APPLICATION_SERVER", make,
            with_ids({.uid = uid, .dev_eui = {}, .join_eui = {}, .dev_addr = {}}, std::move(then)));
      };
}

/// Devices of the join server are found by their EUIs.
class JoinDeviceDeletion {
 public:
  JoinDeviceDeletion(const ServiceContext& context, JoinServers shards, DeviceEuis euis)
      : asker_(context.asker), shards_(std::move(shards)), euis_(std::move(euis)) {}

  void operator()(const DeviceUid& uid, const DeletedReply& then) const {
    euis_.find(uid, [self = *this, then](const Result<DeviceIdentifiers>& ids) {
      if (!ids) return then(fail(ids.error()));
      self.check({*ids->join_eui, *ids->dev_eui}, *ids, then);
    });
  }

 private:
  /// The EUIs may be another device's by now.
  void check(const storage::JoinKey& euis, const DeviceIdentifiers& ids,
             const DeletedReply& then) const {
    using Found = std::shared_ptr<const join_server::JoinDevice>;
    auto make = [&](actors::Reply<Found> reply) {
      return join_server::GetJoinDevice{euis.join_eui, euis.dev_eui, std::move(reply)};
    };
    auto found = [self = *this, euis, ids, then](const Result<Found>& device) {
      if (!device) return then(fail(device.error()));
      if ((*device)->ids.uid != ids.uid) return then(fail(join_server::device_not_found));
      self.erase(euis, ids, then);
    };
    asker_.ask<Found>(shards_.of(euis), "JOIN_SERVER", make, found);
  }

  void erase(const storage::JoinKey& euis, const DeviceIdentifiers& ids,
             const DeletedReply& then) const {
    auto make = [&](actors::Reply<void> reply) {
      return join_server::DeleteJoinDevice{euis.join_eui, euis.dev_eui, std::move(reply), true};
    };
    asker_.ask<void>(shards_.of(euis), "JOIN_SERVER", make, with_ids(ids, then));
  }

  Asker asker_;
  JoinServers shards_;
  DeviceEuis euis_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_ns_device_batches(const ServiceContext& context,
                                                      NetworkServers shards,
                                                      events::Publish publish) {
  return std::make_unique<DeviceBatches<pb::NsEndDeviceBatchRegistry>>(
      context,
      BatchKind{"ttn.lorawan.v3.NsEndDeviceBatchRegistry/Delete", "ns.end_device.batch.delete",
                delete_in_network_server(context, std::move(shards))},
      std::move(publish));
}

std::unique_ptr<grpc::Service> make_as_device_batches(const ServiceContext& context,
                                                      ApplicationServers shards,
                                                      events::Publish publish) {
  return std::make_unique<DeviceBatches<pb::AsEndDeviceBatchRegistry>>(
      context,
      BatchKind{"ttn.lorawan.v3.AsEndDeviceBatchRegistry/Delete", "as.end_device.batch.delete",
                delete_in_application_server(context, std::move(shards))},
      std::move(publish));
}

std::unique_ptr<grpc::Service> make_js_device_batches(const ServiceContext& context,
                                                      JoinServers shards, DeviceEuis euis,
                                                      events::Publish publish) {
  return std::make_unique<DeviceBatches<pb::JsEndDeviceBatchRegistry>>(
      context,
      BatchKind{"ttn.lorawan.v3.JsEndDeviceBatchRegistry/Delete", "js.end_device.batch.delete",
                JoinDeviceDeletion(context, std::move(shards), std::move(euis))},
      std::move(publish));
}

}  // namespace ff::api
