#include <array>
#include <cstdio>

#include "protocol/backend_interfaces/roaming_codec.hpp"

namespace ff::backend_interfaces::detail {
namespace {

constexpr std::uint64_t hz_per_mhz = 1'000'000;

/// MHz without zeros at the end: `868.1`.
std::string mhz(Frequency frequency) {
  std::array<char, 32> text{};
  const auto hz = frequency.hz();
  std::snprintf(text.data(), text.size(), "%llu.%06llu",
                static_cast<unsigned long long>(hz / hz_per_mhz),
                static_cast<unsigned long long>(hz % hz_per_mhz));
  std::string out(text.data());
  while (out.ends_with('0') && !out.ends_with(".0")) out.pop_back();
  return out;
}

/// With as many digits as are needed for RSSI (0.1) or degrees (1e-6).
std::string decimal(double value, int digits) {
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  std::string out(text.data());
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out == "-0" ? "0" : out;
}

void put_ids(Object& out, std::optional<DevEui> dev_eui, std::optional<DevAddr> dev_addr) {
  if (dev_eui) out.text("DevEUI", to_string(*dev_eui));
  if (dev_addr) out.text("DevAddr", to_string(*dev_addr));
}

void put(Object& out, const GwInfo& gateway) {
  out.bytes_if("ID", gateway.id);
  if (gateway.rssi_dbm) out.number_text("RSSI", decimal(*gateway.rssi_dbm, 0));
  if (gateway.snr_db) out.number_text("SNR", decimal(*gateway.snr_db, 2));
  if (gateway.latitude) out.number_text("Lat", decimal(*gateway.latitude, 6));
  if (gateway.longitude) out.number_text("Lon", decimal(*gateway.longitude, 6));
  out.bytes_if("ULToken", gateway.ul_token);
  out.flag("DLAllowed", gateway.dl_allowed);
}

void put(Object out, const UlMetaData& ul) {
  put_ids(out, ul.dev_eui, ul.dev_addr);
  if (ul.f_cnt_up) out.number("FCntUp", *ul.f_cnt_up);
  out.number("DataRate", ul.data_rate.value());
  out.number_text("ULFreq", mhz(ul.ul_freq));
  if (ul.recv_time) out.text("RecvTime", to_rfc3339(*ul.recv_time));
  out.text_if("RFRegion", ul.rf_region);
  out.bytes_if("FNSULToken", ul.fns_ul_token);
  out.number("GWCnt", ul.gateways.size());
  out.array("GWInfo", ul.gateways, [](Object& inner, const GwInfo& one) { put(inner, one); });
}

void put(Object out, const DlMetaData& dl) {
  constexpr std::array<std::string_view, 3> modes{"A", "B", "C"};
  put_ids(out, dl.dev_eui, dl.dev_addr);
  if (dl.dl_freq_1) out.number_text("DLFreq1", mhz(*dl.dl_freq_1));
  if (dl.dl_freq_2) out.number_text("DLFreq2", mhz(*dl.dl_freq_2));
  out.number("RXDelay1", dl.rx_delay_1);
  out.text("ClassMode", modes[static_cast<std::size_t>(dl.class_mode)]);
  if (dl.data_rate_1) out.number("DataRate1", dl.data_rate_1->value());
  if (dl.data_rate_2) out.number("DataRate2", dl.data_rate_2->value());
  out.bytes_if("FNSULToken", dl.fns_ul_token);
  if (dl.high_priority) out.flag("HiPriorityFlag", true);
  if (dl.gateways.empty()) return;
  out.array("GWInfo", dl.gateways, [](Object& inner, const GwInfo& one) {
    inner.bytes_if("ID", one.id);
    inner.bytes_if("ULToken", one.ul_token);
  });
}

}  // namespace

void put(Object& out, const PrStartReq& body) {
  out.bytes("PHYPayload", body.phy_payload);
  put(out.object("ULMetaData"), body.ul);
}

void put(Object& out, const PrStartAns& body, Version version) {
  out.bytes_if("PHYPayload", body.phy_payload);
  if (body.lifetime) out.number("Lifetime", *body.lifetime);
  if (body.dev_eui) out.text("DevEUI", to_string(*body.dev_eui));
  // 1.0 has no field for keys of 1.1.
  if (version == Version::v1_1) out.key_envelope("FNwkSIntKey", body.f_nwk_s_int_key);
  out.key_envelope("NwkSKey", body.nwk_s_key);
  if (body.f_cnt_up) out.number("FCntUp", *body.f_cnt_up);
  if (body.dl) put(out.object("DLMetaData"), *body.dl);
}

void put(Object& out, const PrStopReq& body) {
  put_ids(out, body.dev_eui, body.dev_addr);
  if (body.lifetime) out.number("Lifetime", *body.lifetime);
}

void put(Object& out, const XmitDataReq& body) {
  out.bytes("PHYPayload", body.phy_payload);
  if (body.ul) put(out.object("ULMetaData"), *body.ul);
  if (body.dl) put(out.object("DLMetaData"), *body.dl);
}

void put(Object& out, const XmitDataAns& body) {
  if (body.dl_freq_1) out.number_text("DLFreq1", mhz(*body.dl_freq_1));
  if (body.dl_freq_2) out.number_text("DLFreq2", mhz(*body.dl_freq_2));
}

}  // namespace ff::backend_interfaces::detail
