// `end-devices formatters`: what a formatter makes of sample bytes or data, without a device that
// sends them. `applications formatter-vectors`: what it has to make of them whenever it is saved.
#include <google/protobuf/message.h>

#include "app/cli/device/device_flags.hpp"
#include "app/cli/entity/method_command.hpp"
#include "app/cli/live/live_commands.hpp"
#include "app/cli/live/uplink_settings.hpp"
#include "farfield/v1/formatter_vectors.pb.h"
#include "ttn/lorawan/v3/applicationserver.pb.h"
#include "ttn/lorawan/v3/end_device.pb.h"

namespace ff::cli {
namespace {

namespace pb = ttn::lorawan::v3;
using google::protobuf::DynamicCastToGenerated;
using google::protobuf::Message;

struct Chosen {
  pb::PayloadFormatter formatter = pb::FORMATTER_NONE;
  std::string parameter;
};

Chosen chosen_of(const pb::MessagePayloadFormatters& formatters, bool is_up) {
  if (is_up) return {formatters.up_formatter(), formatters.up_formatter_parameter()};
  return {formatters.down_formatter(), formatters.down_formatter_parameter()};
}

/// What the device's messages take: its own formatter, or else its application's.
template <class Request>
Status take_settings(Session& session, bool is_up, Request& request) {
  pb::GetEndDeviceRequest ask;
  *ask.mutable_end_device_ids() = request.end_device_ids();
  ask.mutable_field_mask()->add_paths("formatters");
  ask.mutable_field_mask()->add_paths("version_ids");
  pb::EndDevice device;
  FF_CHECK(session.api().call("AsEndDeviceRegistry/Get", ask, device));
  if (!request.has_version_ids() && device.has_version_ids())
    *request.mutable_version_ids() = device.version_ids();
  auto formatters = device.formatters();
  if (!device.has_formatters()) {
    pb::GetApplicationLinkRequest of_application;
    *of_application.mutable_application_ids() = request.end_device_ids().application_ids();
    of_application.mutable_field_mask()->add_paths("default_formatters");
    pb::ApplicationLink link;
    FF_CHECK(session.api().call("As/GetLink", of_application, link));
    formatters = link.default_formatters();
  }
  auto chosen = chosen_of(formatters, is_up);
  request.set_formatter(chosen.formatter);
  request.set_parameter(std::move(chosen.parameter));
  return {};
}

template <class Request>
Status complete_trial(Session& session, bool is_up, Request& request) {
  const auto& ids = request.end_device_ids();
  if (ids.application_ids().application_id().empty() || ids.device_id().empty())
    return fail(no_end_device_id);
  const bool is_named = request.formatter() != pb::FORMATTER_NONE;
  if (!is_named && request.parameter().empty()) return take_settings(session, is_up, request);
  if (!is_named) request.set_formatter(pb::FORMATTER_JAVASCRIPT);
  return {};
}

Status complete_uplink(Session& session, const Arguments&, Message& message) {
  auto& request = *DynamicCastToGenerated<pb::DecodeUplinkRequest>(&message);
  complete_settings(*request.mutable_uplink()->mutable_settings());
  return complete_trial(session, true, request);
}

template <class Request>
Status complete_downlink(Session& session, const Arguments&, Message& message) {
  auto& request = *DynamicCastToGenerated<Request>(&message);
  request.mutable_downlink();
  return complete_trial(session, false, request);
}

/// Of a frame only what formatters are given.
std::vector<std::string> left_out(const char* frame) {
  std::vector<std::string> out{"end_device_ids.dev_eui", "end_device_ids.join_eui",
                               "end_device_ids.dev_addr"};
  for (const auto* field :
       {"app_s_key", "class_b_c", "confirmed", "consumed_airtime", "correlation_ids",
        "decoded_payload_warnings", "f_cnt", "last_a_f_cnt_down", "locations", "network_ids",
        "normalized_payload", "packet_error_rate", "priority", "rx_metadata", "session_key_id",
        "settings", "version_ids"})
    out.push_back(std::string(frame) + "." + field);
  return out;
}

void add_trials(Command& root) {
  const std::vector<std::string> words = {"application-id", "device-id"};
  MethodCommand uplink{.group = "end-devices formatters",
                       .name = "decode-uplink",
                       .summary = "decode the payload of an uplink",
                       .shape = {"AppAs/DecodeUplink", "uplink", {}, left_out("uplink")},
                       .words = words};
  uplink.shape.left_out.emplace_back("uplink.decoded_payload");
  uplink.prepare = complete_uplink;
  add_method_command(root, std::move(uplink));
  MethodCommand encode{.group = "end-devices formatters",
                       .name = "encode-downlink",
                       .summary = "encode data for a downlink",
                       .shape = {"AppAs/EncodeDownlink", "downlink", {}, left_out("downlink")},
                       .words = words};
  encode.shape.left_out.emplace_back("downlink.frm_payload");
  encode.prepare = complete_downlink<pb::EncodeDownlinkRequest>;
  add_method_command(root, std::move(encode));
  MethodCommand decode{.group = "end-devices formatters",
                       .name = "decode-downlink",
                       .summary = "decode the payload of a downlink",
                       .shape = {"AppAs/DecodeDownlink", "downlink", {}, left_out("downlink")},
                       .words = words};
  decode.shape.left_out.emplace_back("downlink.decoded_payload");
  decode.prepare = complete_downlink<pb::DecodeDownlinkRequest>;
  add_method_command(root, std::move(decode));
  group_at(root, "end-devices formatters").summary =
      "try payload formatters; the device's own unless another is given";
}

/// With a device's ID the vectors are the device's own.
template <class Request>
Status choose_owner(Session&, const Arguments&, Message& message) {
  auto& request = *DynamicCastToGenerated<Request>(&message);
  if (request.end_device_ids().device_id().empty()) {
    request.clear_end_device_ids();
    return {};
  }
  *request.mutable_end_device_ids()->mutable_application_ids() = request.application_ids();
  request.clear_application_ids();
  return {};
}

template <class Request>
void add_vectors(Command& root, const char* name, const char* summary, const char* method) {
  MethodCommand row{.group = "applications formatter-vectors",
                    .name = name,
                    .summary = summary,
                    .shape = {method, "", {}},
                    .words = {"application-id", "device-id"}};
  for (const auto* path : {"dev_eui", "join_eui", "dev_addr", "application_ids"})
    row.shape.left_out.push_back("end_device_ids." + std::string(path));
  row.prepare = choose_owner<Request>;
  add_method_command(root, std::move(row));
}

}  // namespace

void add_formatter_commands(Command& root) {
  add_trials(root);
  using farfield::v1::GetFormatterVectorsRequest;
  add_vectors<GetFormatterVectorsRequest>(root, "get", "get the test vectors of formatters",
                                          "farfield.v1.AsFormatterVectors/Get");
  add_vectors<farfield::v1::SetFormatterVectorsRequest>(
      root, "set", "replace the test vectors of formatters", "farfield.v1.AsFormatterVectors/Set");
  add_vectors<GetFormatterVectorsRequest>(root, "run", "run test vectors on the formatters",
                                          "farfield.v1.AsFormatterVectors/Run");
  group_at(root, "applications formatter-vectors").summary =
      "what formatters have to make of sample bytes";
}

}  // namespace ff::cli
