#include "app/api/services/mapping/events.hpp"

#include <google/protobuf/wrappers.pb.h>

#include "app/api/services/mapping/event_visibility.hpp"
#include "app/api/services/mapping/mac_command.hpp"
#include "app/api/services/mapping/messages.hpp"
#include "app/api/services/mapping/traffic.hpp"
#include "app/api/services/mapping/values.hpp"
#include "net/tls/self_signed.hpp"

namespace ff::api {
namespace {

struct PutSubject {
  pb::Event& out;
  void operator()(std::monostate) const {}
  void operator()(const DeviceIdentifiers& ids) const {
    put_ids(ids, *out.add_identifiers()->mutable_device_ids());
  }
  void operator()(const GatewayIdentifiers& ids) const {
    put_ids(ids, *out.add_identifiers()->mutable_gateway_ids());
  }
  void operator()(const ApplicationId& id) const {
    out.add_identifiers()->mutable_application_ids()->set_application_id(id.text());
  }
  void operator()(const events::AccountId& account) const {
    auto& ids = *out.add_identifiers();
    switch (account.kind) {
      case events::AccountId::Kind::organization:
        return ids.mutable_organization_ids()->set_organization_id(account.id);
      case events::AccountId::Kind::client:
        return ids.mutable_client_ids()->set_client_id(account.id);
      default:
        return ids.mutable_user_ids()->set_user_id(account.id);
    }
  }
};

/// Warnings are of a frame, not of a message, and so is a downlink before it is queued. [spec
/// application-server §13]
bool tells_frame(std::string_view name) {
  return name.ends_with(".warning") || name == "as.down.data.receive" ||
         name == "as.down.data.forward";
}

struct PutData {
  const events::Event& event;
  pb::Event& out;
  void put_frame(const google::protobuf::Message& frame) const {
    out.mutable_data()->PackFrom(frame);
  }
  void operator()(std::monostate) const {}
  void operator()(const Error& error) const {
    pb::ErrorDetails details;
    put_error(error, details);
    out.mutable_data()->PackFrom(details);
  }
  void operator()(const std::string& text) const {
    google::protobuf::StringValue value;
    value.set_value(text);
    out.mutable_data()->PackFrom(value);
  }
  void operator()(const events::ProtobufData& data) const {
    out.mutable_data()->set_type_url("type.googleapis.com/" + data.type);
    out.mutable_data()->set_value(data.bytes);
  }
  void operator()(const events::FieldPaths& paths) const {
    google::protobuf::Value value;
    auto& list = *value.mutable_list_value();
    for (const auto& path : paths.paths) list.add_values()->set_string_value(path);
    out.mutable_data()->PackFrom(value);
  }
  void operator()(const ScheduledDownlink& scheduled) const {
    pb::ScheduleDownlinkResponse message;
    put_scheduled(scheduled, message);
    put_frame(message);
  }
  void operator()(const std::shared_ptr<const events::Uplink>& uplink) const {
    if (!uplink) return;
    pb::UplinkMessage message;
    put_uplink_message(*uplink, event.correlation_ids, message);
    put_frame(message);
  }
  void operator()(const std::shared_ptr<const events::ForwardedUplink>& forwarded) const {
    const auto* device = std::get_if<DeviceIdentifiers>(&event.subject);
    if (!forwarded || device == nullptr) return;
    pb::ApplicationUp message;
    put_forwarded(*forwarded, *device, event.correlation_ids, message);
    put_frame(message);
  }
  void operator()(const std::shared_ptr<const DownlinkFrame>& frame) const {
    if (!frame) return;
    pb::DownlinkMessage message;
    put_downlink(*frame, message);
    put_frame(message);
  }
  void operator()(const std::shared_ptr<const events::JoinQuestion>& question) const {
    if (!question) return;
    pb::JoinRequest message;
    put_question(*question, event.correlation_ids, message);
    put_frame(message);
  }
  void operator()(const std::shared_ptr<const events::JoinReply>& reply) const {
    if (!reply) return;
    pb::JoinResponse message;
    put_reply(*reply, event.correlation_ids, message);
    put_frame(message);
  }
  void operator()(const std::shared_ptr<const mac::Event>& told) const {
    if (!told) return;
    google::protobuf::Any data;
    put_mac_event(*told, data);
    if (!data.type_url().empty()) *out.mutable_data() = std::move(data);
  }
  void operator()(const std::shared_ptr<const ApplicationUp>& up) const {
    if (!up) return;
    pb::ApplicationUp message;
    put_up(*up, message);
    if (message.has_uplink_message()) message.mutable_uplink_message()->clear_app_s_key();
    if (message.has_join_accept()) message.mutable_join_accept()->clear_app_s_key();
    const bool is_of_frame = tells_frame(out.name());
    if (is_of_frame && message.has_uplink_message()) return put_frame(message.uplink_message());
    if (is_of_frame && message.has_downlink_queued()) return put_frame(message.downlink_queued());
    if (is_of_frame && message.has_downlink_sent()) return put_frame(message.downlink_sent());
    if (is_of_frame && message.has_downlink_ack()) return put_frame(message.downlink_ack());
    if (is_of_frame && message.has_downlink_nack()) return put_frame(message.downlink_nack());
    out.mutable_data()->PackFrom(message);
  }
};

void put_caller(const events::Caller& caller, pb::Event& out) {
  if (!caller.token_type.empty()) {
    auto& authentication = *out.mutable_authentication();
    authentication.set_type(caller.token_type == "ClusterKey" ? "clusterkey" : "bearer");
    authentication.set_token_type(caller.token_type);
    authentication.set_token_id(caller.token_id);
  }
  out.set_remote_ip(caller.remote_ip);
  out.set_user_agent(caller.user_agent);
}

}  // namespace

std::vector<pb::Right> visibility(const events::Event& event) {
  return visibility_of(event.name).value_or(std::vector<pb::Right>());
}

events::EventSubject subject_of(const pb::EntityIdentifiers& ids) {
  if (ids.has_device_ids()) return ids_of(ids.device_ids());
  if (ids.has_gateway_ids()) return ids_of(ids.gateway_ids());
  if (ids.has_application_ids()) return ApplicationId(ids.application_ids().application_id());
  using Kind = events::AccountId::Kind;
  if (ids.has_user_ids()) return events::AccountId{Kind::user, ids.user_ids().user_id()};
  if (ids.has_organization_ids())
    return events::AccountId{Kind::organization, ids.organization_ids().organization_id()};
  if (ids.has_client_ids()) return events::AccountId{Kind::client, ids.client_ids().client_id()};
  return {};
}

const std::string& event_origin() {
  static const auto name = net::tls::host_name();
  return name;
}

pb::Event to_proto(const events::Event& event) {
  pb::Event out;
  out.set_origin(event_origin());
  out.set_name(std::string(event.name));
  put_time(event.time, *out.mutable_time());
  std::visit(PutSubject{out}, event.subject);
  std::visit(PutData{event, out}, event.data);
  for (const auto& id : event.correlation_ids) out.add_correlation_ids(id);
  for (const auto right : visibility(event)) out.mutable_visibility()->add_rights(right);
  out.set_unique_id(event.unique_id);
  if (event.caller) put_caller(*event.caller, out);
  return out;
}

}  // namespace ff::api
