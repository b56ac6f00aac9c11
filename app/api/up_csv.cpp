#include "app/api/up_csv.hpp"

#include "protocol/api_json/api_json.hpp"
#include "protocol/base/bytes.hpp"
#include "protocol/base/hex.hpp"
#include "protocol/base/time.hpp"
#include "ttn/lorawan/v3/messages.pb.h"

namespace ff::api {
namespace {

namespace pb = ttn::lorawan::v3;

constexpr const char* columns[] = {"received_at",
                                   "application_id",
                                   "device_id",
                                   "dev_eui",
                                   "join_eui",
                                   "dev_addr",
                                   "type",
                                   "simulated",
                                   "f_port",
                                   "f_cnt",
                                   "confirmed",
                                   "frm_payload",
                                   "decoded_payload",
                                   "gateways",
                                   "gateway_id",
                                   "rssi",
                                   "snr",
                                   "frequency",
                                   "spreading_factor",
                                   "bandwidth",
                                   "message"};

/// One line being put together.
class Line {
 public:
  void add(const std::string& text) {
    if (!first_) out_ += ',';
    first_ = false;
    if (text.find_first_of(",\"\r\n") == std::string::npos) {
      out_ += text;
      return;
    }
    out_ += '"';
    for (const char c : text) {
      if (c == '"') out_ += '"';
      out_ += c;
    }
    out_ += '"';
  }
  void add_hex(const std::string& octets) { add(hex_lower(as_bytes(octets))); }
  void add_number(double number) { add(api_number(number)); }
  std::string end() && { return std::move(out_) + "\r\n"; }

 private:
  static std::string api_number(double number) {
    google::protobuf::Value value;
    value.set_number_value(number);
    return api_json::to_json(value).value_or("");
  }
  std::string out_;
  bool first_ = true;
};

std::string time_text(const google::protobuf::Timestamp& time) {
  const Duration since = std::chrono::seconds(time.seconds()) + Duration(time.nanos());
  return to_rfc3339(UtcTime(since));
}

template <class Frame>
void add_frame(const Frame& frame, Line& line) {
  line.add(std::to_string(frame.f_port()));
  line.add(std::to_string(frame.f_cnt()));
  line.add(frame.confirmed() ? "true" : "false");
  line.add_hex(frame.frm_payload());
}

std::string json_of(const google::protobuf::Message& message) {
  return api_json::to_json(message).value_or("");
}

/// How it came here: by the gateway that heard it best.
template <class Uplink>
void add_reception(const Uplink& uplink, Line& line) {
  const pb::RxMetadata* best = nullptr;
  for (const auto& heard : uplink.rx_metadata()) {
    if (best == nullptr || heard.snr() > best->snr()) best = &heard;
  }
  line.add(std::to_string(uplink.rx_metadata_size()));
  line.add(best == nullptr ? "" : best->gateway_ids().gateway_id());
  if (best == nullptr) {
    line.add("");
    line.add("");
  } else {
    line.add_number(best->rssi());
    line.add_number(best->snr());
  }
  const auto& settings = uplink.settings();
  line.add(std::to_string(settings.frequency()));
  const auto& lora = settings.data_rate().lora();
  line.add(settings.data_rate().has_lora() ? std::to_string(lora.spreading_factor()) : "");
  line.add(settings.data_rate().has_lora() ? std::to_string(lora.bandwidth()) : "");
}

void add_nothing(int count, Line& line) {
  for (int i = 0; i < count; ++i) line.add("");
}

const pb::ApplicationDownlink* downlink_in(const pb::ApplicationUp& up) {
  switch (up.up_case()) {
    case pb::ApplicationUp::kDownlinkAck:
      return &up.downlink_ack();
    case pb::ApplicationUp::kDownlinkNack:
      return &up.downlink_nack();
    case pb::ApplicationUp::kDownlinkSent:
      return &up.downlink_sent();
    case pb::ApplicationUp::kDownlinkQueued:
      return &up.downlink_queued();
    case pb::ApplicationUp::kDownlinkFailed:
      return &up.downlink_failed().downlink();
    default:
      return nullptr;
  }
}

void add_content(const pb::ApplicationUp& up, Line& line) {
  if (up.has_uplink_message()) {
    add_frame(up.uplink_message(), line);
    const auto& decoded = up.uplink_message();
    line.add(decoded.has_decoded_payload() ? json_of(decoded.decoded_payload()) : "");
    add_reception(up.uplink_message(), line);
  } else if (up.has_uplink_normalized()) {
    add_frame(up.uplink_normalized(), line);
    line.add(json_of(up.uplink_normalized().normalized_payload()));
    add_reception(up.uplink_normalized(), line);
  } else if (const auto* downlink = downlink_in(up)) {
    add_frame(*downlink, line);
    line.add(downlink->has_decoded_payload() ? json_of(downlink->decoded_payload()) : "");
    add_nothing(7, line);
  } else {
    add_nothing(12, line);
  }
}

/// What the other columns do not say: the whole message of every kind but uplinks.
std::string rest_of(const pb::ApplicationUp& up, const std::string& type) {
  if (type.empty() || up.has_uplink_message() || up.has_uplink_normalized()) return {};
  const auto* field = pb::ApplicationUp::descriptor()->FindFieldByName(type);
  return json_of(up.GetReflection()->GetMessage(up, field));
}

}  // namespace

bool has_csv(const google::protobuf::Descriptor& type) {
  return type.full_name() == pb::ApplicationUp::descriptor()->full_name();
}

std::string csv_head() {
  Line line;
  for (const auto* column : columns) line.add(column);
  return std::move(line).end();
}

std::string csv_line(const google::protobuf::Message& message) {
  pb::ApplicationUp up;
  // Of the same type, though perhaps made by reflection.
  if (!up.ParseFromString(message.SerializeAsString())) return {};
  const auto& ids = up.end_device_ids();
  const auto* field = up.GetReflection()->GetOneofFieldDescriptor(
      up, pb::ApplicationUp::descriptor()->FindOneofByName("up"));
  const std::string type = field == nullptr ? "" : field->name();
  Line line;
  line.add(up.has_received_at() ? time_text(up.received_at()) : "");
  line.add(ids.application_ids().application_id());
  line.add(ids.device_id());
  line.add_hex(ids.dev_eui());
  line.add_hex(ids.join_eui());
  line.add_hex(ids.dev_addr());
  line.add(type);
  line.add(up.simulated() ? "true" : "false");
  add_content(up, line);
  line.add(rest_of(up, type));
  return std::move(line).end();
}

}  // namespace ff::api
