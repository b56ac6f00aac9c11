#include "actors/application_server/integration/packages/device_management.hpp"

namespace ff::application_server::packages {
namespace {

using lora_cloud::DeviceRecord;
using lora_cloud::RecordType;

constexpr std::string_view service = info_of(Package::device_management).name;
constexpr std::string_view path = "/api/v1/uplink/send";
/// Where devices with TLV encoding expect what the server wrongly sends to port 0. [spec
/// integrations §5.2]
constexpr std::uint8_t tlv_port = 150;

/// A server's address without its path: what the reference keeps of it.
std::string join(const std::string& own, const std::string& fallback) {
  auto url = own.empty() ? fallback : own;
  while (url.ends_with('/')) url.pop_back();
  return url + std::string(path);
}

Ask ask(const DeviceManagementSettings& settings, const Servers& servers, DevEui dev_eui,
        const DeviceRecord& record) {
  return {.url = join(settings.server_url, servers.device_management),
          .token = settings.token,
          .body = lora_cloud::device_management_request(dev_eui, record),
          .answer = DeviceManagementAnswer{}};
}

UtcTime timestamp_of(const Incoming& incoming) {
  return incoming.uplink ? incoming.uplink->received_at : incoming.received_at;
}

DeviceRecord record_of(const DeviceManagementSettings& settings, std::uint8_t own_port,
                       const Incoming& incoming) {
  if (!incoming.uplink) return {.type = RecordType::joining, .timestamp = timestamp_of(incoming)};
  const auto& uplink = *incoming.uplink;
  // Payloads on other ports are nobody's business but the application's.
  const bool is_ours = uplink.f_port == own_port || settings.f_ports.contains(uplink.f_port);
  return {.type = RecordType::uplink,
          .f_cnt = uplink.f_cnt,
          .port = uplink.f_port,
          .payload = is_ours ? uplink.frm_payload : Bytes{},
          .data_rate = uplink.data_rate_index,
          .frequency = uplink.frequency,
          .timestamp = timestamp_of(incoming)};
}

void add_effects(const DeviceManagementSettings& settings, lora_cloud::DeviceAnswer&& answer,
                 Reaction& out) {
  if (auto& downlink = answer.downlink) {
    const bool is_lost = downlink->port == 0 && settings.use_tlv_encoding;
    out.steps.emplace_back(Push{.f_port = FPort{is_lost ? tlv_port : downlink->port},
                                .payload = std::move(downlink->payload),
                                .told = {}});
  }
  out.steps.emplace_back(Publish{ServiceData{std::string(service), std::move(answer.result)}});
  if (answer.position)
    out.steps.emplace_back(Publish{LocationSolved{std::string(service), *answer.position}});
}

}  // namespace

Reaction react_device_management(const Pair& pair, const Incoming& incoming,
                                 const Servers& servers) {
  if (!incoming.ids.dev_eui || incoming.ids.dev_eui->value() == 0) return {};
  const auto settings = device_management_settings(pair);
  if (!settings) return {{}, fail(settings.error())};
  const auto record = record_of(*settings, pair.f_port, incoming);
  return {{ask(*settings, servers, *incoming.ids.dev_eui, record)}, {}};
}

Reaction device_management_answered(const Pair& pair, const Incoming& incoming,
                                    const Servers& servers, std::string_view body) {
  const auto settings = device_management_settings(pair);
  if (!settings) return {{}, fail(settings.error())};
  auto answer = lora_cloud::parse_device_answer(body, *incoming.ids.dev_eui);
  if (!answer) return {{}, fail(answer.error())};
  Reaction out;
  const auto streams = std::move(answer->stream_records);
  add_effects(*settings, *std::move(answer), out);
  if (!settings->use_tlv_encoding) return out;
  for (const auto& stream : streams) {
    auto scans = lora_cloud::scans_in(stream);
    if (!scans) {
      out.status = fail(scans.error());
      continue;
    }
    for (auto& scan : *scans) {
      scan.timestamp = timestamp_of(incoming);
      out.steps.emplace_back(ask(*settings, servers, *incoming.ids.dev_eui, scan));
    }
  }
  return out;
}

}  // namespace ff::application_server::packages
