// farfield.v1.EndDeviceImport: many end devices in one call. Each is a row of its own that goes
// through the registries as a client would [spec cli §6], with the checks of the single requests;
// that rows go together makes their commits few, because the committer writes what waits at once.
#include "app/api/services/device_import.hpp"

#include <array>
#include <atomic>

#include "actors/identity_server/registry/errors.hpp"
#include "actors/join_server/errors.hpp"
#include "app/api/services/audit/part.hpp"
#include "app/api/services/base/cause.hpp"
#include "app/api/services/identity/changes.hpp"
#include "app/api/services/identity/end_device_creation.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/values.hpp"
#include "farfield/v1/end_device_import.grpc.pb.h"
#include "protocol/api_rules/api_rules.hpp"
#include "protocol/base/temporary.hpp"

namespace ff::api {
namespace {

using farfield::v1::ImportedEndDevice;
using farfield::v1::ImportedEndDeviceVerdict;
using farfield::v1::ImportEndDevicesRequest;
using farfield::v1::ImportEndDevicesResponse;
using CallPtr = std::shared_ptr<const Call>;

constexpr int devices_max = 256;

constexpr std::string_view create_method = "ttn.lorawan.v3.EndDeviceRegistry/Create";
constexpr std::string_view join_method = "ttn.lorawan.v3.JsEndDeviceRegistry/Set";
constexpr std::string_view network_method = "ttn.lorawan.v3.NsEndDeviceRegistry/Set";
constexpr std::string_view application_method = "ttn.lorawan.v3.AsEndDeviceRegistry/Set";

constexpr ErrorDef other_device{"pkg/deviceimport", "other_device", Code::invalid_argument,
                                "`{field}` names another end device, or another application"};
constexpr ErrorDef no_join_eui{"pkg/joinserver", "no_join_eui", Code::invalid_argument,
                               "no JoinEUI specified"};

Error invalid_devices(std::string_view reason) {
  return Error(api_rules::validation, {{"field", "devices"},
                                       {"reason", reason},
                                       {"name", "ImportEndDevicesRequestValidationError"}});
}

/// A batch under way. The request is a copy: a change that was answered too late may still be made,
/// when the call has been answered.
struct Batch {
  CallPtr call;  // of the rows: each has its own record in the audit log
  ImportEndDevicesRequest request;
  RightSet held;
  DeviceRegistries registries;
  UtcTime now;
  Reply<ImportEndDevicesResponse> reply;
  ImportEndDevicesResponse response;  // a verdict per row; each row writes its own
  std::atomic<int> missing;
};

/// One device on its way. Its steps come one after the other, on the threads of the answers.
class Row : public std::enable_shared_from_this<Row> {
 public:
  Row(std::shared_ptr<Batch> batch, int index)
      : batch_(std::move(batch)),
        device_(batch_->request.devices(index)),
        verdict_(*batch_->response.mutable_verdicts(index)) {}

  void start() {
    if (auto allowed = check(); !allowed) return end(std::move(allowed));
    uid_ = uid_of(device_.identity_server().end_device().ids());
    auto created = [self = shared_from_this()](const Result<identity_server::EntityPtr>& entity) {
      if (entity) self->is_ours_ = true;
      if (!entity && !entity.error().is(end_device_exists)) return self->end(fail(entity.error()));
      self->set_join();
    };
    create_end_device(batch_->registries.identity,
                      {.call = batch_->call,
                       .device = device_.identity_server().end_device(),
                       .if_there = IfThere::tell},
                      created);
  }

 private:
  /// What the single requests would be refused for before anything is done.
  Status check() const {
    if (!device_.has_identity_server() || !device_.has_network_server() ||
        !device_.has_application_server())
      return fail(invalid_devices("a registry's part is missing"));
    FF_CHECK(check_one(create_method, device_.identity_server(), {}));
    if (device_.has_join_server()) {
      FF_CHECK(check_set(join_method, device_.join_server(), "join_server"));
      const auto& ids = device_.join_server().end_device().ids();
      if (!join_eui_of(ids.join_eui())) return fail(no_join_eui);
      if (!dev_eui_of(ids.dev_eui())) return fail(join_server::no_dev_eui);
    }
    FF_CHECK(check_set(network_method, device_.network_server(), "network_server"));
    FF_CHECK(check_set(application_method, device_.application_server(), "application_server"));
    // Rights are of the call's application.
    const auto& ids = device_.identity_server().end_device().ids();
    if (ids.application_ids().application_id() !=
        batch_->request.application_ids().application_id())
      return fail(other_device, {{"field", "identity_server"}});
    return {};
  }

  Status check_set(std::string_view method, const pb::SetEndDeviceRequest& set,
                   std::string_view field) const {
    FF_CHECK(check_one(method, set, paths_of(set.field_mask())));
    const auto& first = device_.identity_server().end_device().ids();
    const auto& ids = set.end_device().ids();
    const bool is_same =
        ids.application_ids().application_id() == first.application_ids().application_id() &&
        ids.device_id() == first.device_id() && ids.dev_eui() == first.dev_eui() &&
        ids.join_eui() == first.join_eui();
    if (!is_same) return fail(other_device, {{"field", field}});
    return {};
  }

  Status check_one(std::string_view method, const google::protobuf::Message& request,
                   const Paths& paths) const {
    FF_CHECK(api_rules::validate(method, request, batch_->now));
    const auto& application = batch_->request.application_ids().application_id();
    return check_rights(application_key(application), needed_rights(method, paths), batch_->held);
  }

  DevicePartSetting setting(const pb::SetEndDeviceRequest& request) {
    // Of the batch, which lives as long.
    return {batch_->call, std::shared_ptr<const pb::SetEndDeviceRequest>(batch_, &request),
            !is_ours_};
  }

  storage::JoinKey euis() const {
    const auto& ids = device_.join_server().end_device().ids();
    return {join_eui_of(ids.join_eui()).value_or(JoinEui()),
            dev_eui_of(ids.dev_eui()).value_or(DevEui())};
  }

  /// Goes on when the part is there; else ends the row, undoing what was done.
  template <class Device>
  auto then(bool Row::*is_set, void (Row::*next)()) {
    return [self = shared_from_this(), is_set, next](const Result<Device>& device) {
      if (device) (*self).*is_set = true;
      if (device || device.error().is(device_part_exists)) return ((*self).*next)();
      self->undo(device.error());
    };
  }

  void set_join() {
    if (!device_.has_join_server()) return set_network();
    batch_->registries.join.set(setting(device_.join_server()), euis(),
                                then<JsDevices::DevicePtr>(&Row::join_is_set_, &Row::set_network));
  }

  void set_network() {
    batch_->registries.network.set(
        setting(device_.network_server()),
        then<NsDevices::DevicePtr>(&Row::network_is_set_, &Row::set_application));
  }

  void set_application() {
    batch_->registries.application.set(
        setting(device_.application_server()),
        then<AsDevices::DevicePtr>(&Row::application_is_set_, &Row::succeed));
  }

  /// Whole or not at all: what this row has made goes again. After a temporary error it stays, and
  /// the same row goes on from there.
  void undo(const Error& why) {
    if (!is_ours_ || is_temporary(why)) return end(fail(why));
    // What could not be undone is found by the same row, which completes it.
    auto identity = [self = shared_from_this(), why](const Status&) {
      const auto key = device_key(self->uid_.application_id.text(), self->uid_.device_id.text());
      const auto& batch = *self->batch_;
      batch.registries.identity.of(*batch.call).erase(key, [self, why, key](const Status& erased) {
        const auto& of = *self->batch_;
        if (erased) publish_change(of.registries.identity, *of.call, key, "delete");
        self->end(fail(why));
      });
    };
    auto join = [self = shared_from_this(), identity](const Status&) {
      if (!self->join_is_set_) return identity({});
      self->batch_->registries.join.erase(self->uid_, self->euis(), cause_of(*self->batch_->call),
                                          identity);
    };
    if (!network_is_set_) return join({});
    batch_->registries.network.erase(uid_, cause_of(*batch_->call), join);
  }

  void succeed() { end({}); }

  void end(Status status) {
    const bool is_set = join_is_set_ || network_is_set_ || application_is_set_;
    if (!status) {
      put_error(status.error(), *verdict_.mutable_error());
    } else {
      verdict_.set_verdict(is_ours_ ? ImportedEndDeviceVerdict::CREATED
                           : is_set ? ImportedEndDeviceVerdict::COMPLETED
                                    : ImportedEndDeviceVerdict::EXISTS);
      if (!is_ours_ && !is_set) return leave();
    }
    const auto& audit = batch_->registries.audit;
    if (!audit) return leave();
    record_part(*audit, *batch_->call, device_, status,
                [self = shared_from_this()](const Status& recorded) {
                  if (!recorded) self->refuse(recorded.error());
                  self->leave();
                });
  }

  /// No verdict without its record.
  void refuse(const Error& error) {
    verdict_.Clear();
    put_error(error, *verdict_.mutable_error());
  }

  void leave() {
    if (batch_->missing.fetch_sub(1) > 1) return;
    batch_->reply(std::move(batch_->response));
  }

  std::shared_ptr<Batch> batch_;
  const ImportedEndDevice& device_;
  ImportedEndDeviceVerdict& verdict_;
  DeviceUid uid_;
  bool is_ours_ = false;  // the identity server's record is of this row
  bool join_is_set_ = false;
  bool network_is_set_ = false;
  bool application_is_set_ = false;
};

/// The call as its rows have it: what they change is in their records, not in the call's.
CallPtr of_rows(const Call& call) {
  auto copy = std::make_shared<Call>(call);
  copy->trail.reset();
  return copy;
}

class DeviceImport final : public farfield::v1::EndDeviceImport::CallbackService {
 public:
  DeviceImport(const ServiceContext& context, DeviceRegistries registries)
      : context_(context), registries_(std::move(registries)) {}

  grpc::ServerUnaryReactor* Import(grpc::CallbackServerContext* context,
                                   const ImportEndDevicesRequest* request,
                                   ImportEndDevicesResponse* response) override {
    return context_.front.unary(
        {"farfield.v1.EndDeviceImport/Import"}, context, request, response,
        [this](auto call, const auto& batch, const auto& reply) { import(call, batch, reply); });
  }

 private:
  void import(const CallPtr& call, const ImportEndDevicesRequest& request,
              const Reply<ImportEndDevicesResponse>& reply) const {
    if (request.devices().empty() || request.devices_size() > devices_max)
      return reply(fail(invalid_devices("value must contain between 1 and " +
                                        std::to_string(devices_max) + " items, inclusive")));
    const auto application = application_key(request.application_ids().application_id());
    auto run = [=, this, &request](const Result<RightSet>& held) {
      if (!held) return reply(fail(held.error()));
      const auto allowed = check_rights(application, needed_rights(call->method, {}), *held);
      if (!allowed) return reply(fail(allowed.error()));
      start(call, request, *held, reply);
    };
    context_.rights(*call, application,
                    context_.asker.within_deadline<RightSet>("IDENTITY_SERVER", run));
  }

  void start(const CallPtr& call, const ImportEndDevicesRequest& request, const RightSet& held,
             const Reply<ImportEndDevicesResponse>& reply) const {
    const int rows = request.devices_size();  // with the last row's answer the request is gone
    auto batch = std::shared_ptr<Batch>(
        new Batch{of_rows(*call), request, held, registries_, context_.now(), reply, {}, rows});
    for (int i = 0; i < rows; ++i) batch->response.add_verdicts();
    for (int i = 0; i < rows; ++i) std::make_shared<Row>(batch, i)->start();
  }

  const ServiceContext& context_;
  DeviceRegistries registries_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_device_import(const ServiceContext& context,
                                                  DeviceRegistries registries) {
  return std::make_unique<DeviceImport>(context, std::move(registries));
}

}  // namespace ff::api
