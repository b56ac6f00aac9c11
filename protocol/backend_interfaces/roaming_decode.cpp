#include <cmath>

#include "protocol/backend_interfaces/json_fields.hpp"
#include "protocol/backend_interfaces/roaming_codec.hpp"

namespace ff::backend_interfaces::detail {
namespace {

constexpr std::size_t gateway_id_size_max = 16;
constexpr double frequency_mhz_max = 10'000;

std::optional<double> real_of(const object& in, std::string_view name) {
  const auto* found = find(in, name);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  boost::json::error_code error;
  const auto number = found->to_number<double>(error);
  if (error || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<float> signal_of(const object& in, std::string_view name) {
  const auto number = real_of(in, name);
  if (!number || std::abs(*number) > 1000) return std::nullopt;
  return static_cast<float>(*number);
}

bool flag_of(const object& in, std::string_view name) {
  const auto* found = find(in, name);
  return found != nullptr && found->is_bool() && found->get_bool();
}

/// MHz. Error: there, and not one.
Result<std::optional<Frequency>> optional_frequency(const object& in, std::string_view name) {
  if (find(in, name) == nullptr) return std::optional<Frequency>();
  const auto mhz = real_of(in, name);
  if (!mhz || *mhz < 1e-6 || *mhz > frequency_mhz_max) return malformed(name);
  return std::optional(Frequency::hz(static_cast<std::uint64_t>(std::llround(*mhz * 1e6))));
}

Result<std::optional<DataRateIndex>> optional_data_rate(const object& in, std::string_view name) {
  if (find(in, name) == nullptr) return std::optional<DataRateIndex>();
  const auto index = number_of<std::uint8_t>(in, name);
  if (!index || *index > 15) return malformed(name);
  return std::optional(DataRateIndex{*index});
}

template <class Id>
Result<std::optional<Id>> optional_id(const object& in, std::string_view name,
                                      std::optional<Id> (*parse)(std::string_view)) {
  if (find(in, name) == nullptr) return std::optional<Id>();
  FF_TRY(const auto id, required_id(in, name, parse));
  return std::optional(id);
}

GwInfo gateway_of(const object& in) {
  GwInfo out;
  // What is no hex is somebody's own name of it, which says nothing to us.
  if (auto id = optional_bytes(in, "ID", gateway_id_size_max)) out.id = *std::move(id);
  out.rssi_dbm = signal_of(in, "RSSI");
  out.snr_db = signal_of(in, "SNR");
  out.latitude = real_of(in, "Lat");
  out.longitude = real_of(in, "Lon");
  if (auto token = optional_bytes(in, "ULToken", token_size_max)) out.ul_token = *std::move(token);
  out.dl_allowed = flag_of(in, "DLAllowed");
  return out;
}

/// What is no gateway is left out.
std::vector<GwInfo> gateways_of(const object& in) {
  std::vector<GwInfo> out;
  const auto* gateways = find(in, "GWInfo");
  if (gateways == nullptr || !gateways->is_array()) return out;
  for (const auto& gateway : gateways->get_array()) {
    if (out.size() == gateways_max) break;
    if (const auto* one = gateway.if_object()) out.push_back(gateway_of(*one));
  }
  return out;
}

Result<UlMetaData> ul_of(const object& in) {
  UlMetaData out;
  FF_TRY(out.dev_eui, optional_id(in, "DevEUI", parse_dev_eui));
  FF_TRY(out.dev_addr, optional_id(in, "DevAddr", parse_dev_addr));
  FF_TRY(out.f_cnt_up, optional_number<std::uint32_t>(in, "FCntUp"));
  FF_TRY(const auto data_rate, optional_data_rate(in, "DataRate"));
  if (!data_rate) return malformed("DataRate");
  out.data_rate = *data_rate;
  FF_TRY(const auto frequency, optional_frequency(in, "ULFreq"));
  if (!frequency) return malformed("ULFreq");
  out.ul_freq = *frequency;
  if (const auto time = text_of(in, "RecvTime")) out.recv_time = parse_rfc3339(*time);
  out.rf_region = text_of(in, "RFRegion").value_or("").substr(0, id_size_max);
  FF_TRY(out.fns_ul_token, optional_bytes(in, "FNSULToken", token_size_max));
  out.gateways = gateways_of(in);
  return out;
}

Result<DlMetaData> dl_of(const object& in) {
  DlMetaData out;
  FF_TRY(out.dev_eui, optional_id(in, "DevEUI", parse_dev_eui));
  FF_TRY(out.dev_addr, optional_id(in, "DevAddr", parse_dev_addr));
  FF_TRY(out.dl_freq_1, optional_frequency(in, "DLFreq1"));
  FF_TRY(out.dl_freq_2, optional_frequency(in, "DLFreq2"));
  FF_TRY(out.data_rate_1, optional_data_rate(in, "DataRate1"));
  FF_TRY(out.data_rate_2, optional_data_rate(in, "DataRate2"));
  if (find(in, "RXDelay1") != nullptr) {
    const auto delay = number_of<std::uint8_t>(in, "RXDelay1");
    if (!delay || *delay > 15) return malformed("RXDelay1");
    out.rx_delay_1 = *delay;
  }
  FF_TRY(const auto said, optional_text(in, "ClassMode"));
  const auto mode = said.value_or("A");
  if (mode != "A" && mode != "B" && mode != "C") return malformed("ClassMode");
  out.class_mode = static_cast<ClassMode>(mode[0] - 'A');
  FF_TRY(out.fns_ul_token, optional_bytes(in, "FNSULToken", token_size_max));
  out.high_priority = flag_of(in, "HiPriorityFlag");
  for (auto& gateway : gateways_of(in)) {
    out.gateways.emplace_back();
    out.gateways.back().id = std::move(gateway.id);
    out.gateways.back().ul_token = std::move(gateway.ul_token);
  }
  return out;
}

template <class Meta>
Result<std::optional<Meta>> optional_meta(const object& in, std::string_view name,
                                          Result<Meta> (*read)(const object&)) {
  const auto* found = find(in, name);
  if (found == nullptr) return std::optional<Meta>();
  const auto* members = found->if_object();
  if (members == nullptr) return malformed(name);
  FF_TRY(auto meta, read(*members));
  return std::optional(std::move(meta));
}

Result<Body> pr_start_req(const object& in) {
  PrStartReq out;
  FF_TRY(out.phy_payload, required_bytes(in, "PHYPayload", phy_payload_size_max));
  FF_TRY(auto ul, optional_meta(in, "ULMetaData", ul_of));
  if (!ul) return malformed("ULMetaData");
  out.ul = *std::move(ul);
  return Body(std::move(out));
}

Result<Body> pr_start_ans(const object& in) {
  PrStartAns out;
  FF_TRY(out.result, result_of(in));
  FF_TRY(out.phy_payload, optional_bytes(in, "PHYPayload", phy_payload_size_max));
  FF_TRY(out.dl, optional_meta(in, "DLMetaData", dl_of));
  FF_TRY(out.lifetime, optional_number<std::uint32_t>(in, "Lifetime"));
  FF_TRY(out.dev_eui, optional_id(in, "DevEUI", parse_dev_eui));
  FF_TRY(out.nwk_s_key, optional_key(in, "NwkSKey"));
  FF_TRY(out.f_nwk_s_int_key, optional_key(in, "FNwkSIntKey"));
  FF_TRY(out.f_cnt_up, optional_number<std::uint32_t>(in, "FCntUp"));
  return Body(std::move(out));
}

Result<Body> pr_stop_req(const object& in) {
  PrStopReq out;
  FF_TRY(out.dev_eui, optional_id(in, "DevEUI", parse_dev_eui));
  FF_TRY(out.dev_addr, optional_id(in, "DevAddr", parse_dev_addr));
  if (!out.dev_eui && !out.dev_addr) return malformed("DevEUI");
  FF_TRY(out.lifetime, optional_number<std::uint32_t>(in, "Lifetime"));
  return Body(out);
}

Result<Body> xmit_data_req(const object& in) {
  XmitDataReq out;
  FF_TRY(out.phy_payload, required_bytes(in, "PHYPayload", phy_payload_size_max));
  FF_TRY(out.ul, optional_meta(in, "ULMetaData", ul_of));
  FF_TRY(out.dl, optional_meta(in, "DLMetaData", dl_of));
  if (out.ul.has_value() == out.dl.has_value()) return malformed("ULMetaData or DLMetaData");
  return Body(std::move(out));
}

Result<Body> xmit_data_ans(const object& in) {
  XmitDataAns out;
  FF_TRY(out.result, result_of(in));
  FF_TRY(out.dl_freq_1, optional_frequency(in, "DLFreq1"));
  FF_TRY(out.dl_freq_2, optional_frequency(in, "DLFreq2"));
  return Body(std::move(out));
}

}  // namespace

Result<Body> roaming_body(MessageType type, const object& in) {
  switch (type) {
    case MessageType::pr_start_req:
      return pr_start_req(in);
    case MessageType::pr_start_ans:
      return pr_start_ans(in);
    case MessageType::pr_stop_req:
      return pr_stop_req(in);
    case MessageType::xmit_data_req:
      return xmit_data_req(in);
    default:
      return xmit_data_ans(in);
  }
}

}  // namespace ff::backend_interfaces::detail
