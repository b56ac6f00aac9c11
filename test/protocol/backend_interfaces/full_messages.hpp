// Messages that together have every field there is.
#pragma once

#include <vector>

#include "protocol/backend_interfaces/message.hpp"
#include "protocol/base/time.hpp"

namespace ff::backend_interfaces::test {

inline constexpr DevEui full_dev_eui{0x0004A30B001C0530};
inline constexpr DevAddr full_dev_addr{0x26011234};

inline Header full_header(Version version, MessageType type) {
  Header out;
  out.version = version;
  out.transaction_id = 42;
  out.type = type;
  out.sender_id = "000013";
  out.receiver_id = "70B3D57ED0000001";
  out.sender_token = {1, 2};
  out.receiver_token = {3};
  if (version == Version::v1_0) return out;
  out.sender_ns_id = "EC656EFFFE000001";
  out.receiver_ns_id = "EC656EFFFE000002";
  return out;
}

inline JoinReq full_join_req() {
  return {.mac_version = MacVersion::v1_1,
          .phy_payload = Bytes(23, 1),
          .dev_eui = full_dev_eui,
          .dev_addr = full_dev_addr,
          .dl_settings = 0x83,
          .rx_delay = 5,
          .cf_list = Bytes(16, 2)};
}
inline JoinAns full_join_ans() {
  const auto wrapped = Key{"label", Bytes(24, 3)};
  return {.result = {ResultCode::success, "well"},
          .phy_payload = Bytes(17, 4),
          .lifetime = 3600,
          .nwk_s_key = Key{"", Bytes(16, 5)},
          .s_nwk_s_int_key = wrapped,
          .f_nwk_s_int_key = wrapped,
          .nwk_s_enc_key = wrapped,
          .app_s_key = wrapped,
          .session_key_id = Bytes(16, 6)};
}
inline UlMetaData full_ul() {
  UlMetaData out;
  out.dev_eui = full_dev_eui;
  out.dev_addr = full_dev_addr;
  out.f_cnt_up = 7;
  out.data_rate = DataRateIndex{5};
  out.ul_freq = Frequency::hz(868'100'000);
  out.recv_time = parse_rfc3339("2025-02-11T08:31:07.412Z");
  out.rf_region = "EU868";
  out.fns_ul_token = {1, 2};
  GwInfo gateway;
  gateway.id = Bytes(8, 9);
  gateway.rssi_dbm = -37.0F;
  gateway.snr_db = 9.25F;
  gateway.latitude = 52.375;
  gateway.longitude = -4.25;
  gateway.ul_token = {10};
  gateway.dl_allowed = true;
  out.gateways = {gateway};
  return out;
}
inline DlMetaData full_dl() {
  DlMetaData out;
  out.dev_eui = full_dev_eui;
  out.dev_addr = full_dev_addr;
  out.dl_freq_1 = Frequency::hz(868'100'000);
  out.dl_freq_2 = Frequency::hz(869'525'000);
  out.rx_delay_1 = 5;
  out.data_rate_1 = DataRateIndex{5};
  out.data_rate_2 = DataRateIndex{0};
  out.fns_ul_token = {1, 2};
  out.high_priority = true;
  GwInfo gateway;
  gateway.id = Bytes(8, 9);
  gateway.ul_token = {10};
  out.gateways = {gateway};
  return out;
}
inline PrStartAns full_start_ans() {
  PrStartAns out;
  out.result = {ResultCode::success, "well"};
  out.phy_payload = Bytes(17, 4);
  out.dl = full_dl();
  out.lifetime = 600;
  out.dev_eui = full_dev_eui;
  out.nwk_s_key = Key{"", Bytes(16, 5)};
  out.f_nwk_s_int_key = Key{"label", Bytes(24, 3)};
  out.f_cnt_up = 7;
  return out;
}

/// Of a type that is served.
inline std::vector<Body> full_bodies(MessageType type) {
  using enum MessageType;
  const Outcome well{ResultCode::success, "well"};
  switch (type) {
    case join_req:
    case rejoin_req:
      return {full_join_req()};
    case join_ans:
    case rejoin_ans:
      return {full_join_ans()};
    case app_s_key_req:
      return {AppSKeyReq{full_dev_eui, Bytes(16, 6)}};
    case app_s_key_ans:
      return {AppSKeyAns{well, full_dev_eui, Key{"label", Bytes(24, 3)}, Bytes(16, 6)}};
    case home_ns_req:
      return {HomeNsReq{full_dev_eui}};
    case home_ns_ans:
      return {HomeNsAns{well, NetId{0x13}, "EC656EFFFE000001", "tenant", "ns.example.com"}};
    case pr_start_req:
      return {PrStartReq{Bytes(13, 7), full_ul()}};
    case pr_start_ans:
      return {full_start_ans()};
    case pr_stop_req:
      return {PrStopReq{full_dev_eui, {}, 60}, PrStopReq{{}, full_dev_addr, 60}};
    case pr_stop_ans:
      return {OtherAns{well}};
    case xmit_data_req:
      return {XmitDataReq{Bytes(13, 7), full_ul(), {}}, XmitDataReq{Bytes(13, 7), {}, full_dl()}};
    case xmit_data_ans:
      return {XmitDataAns{well, Frequency::hz(868'100'000), Frequency::hz(869'525'000)}};
    default:
      return {};
  }
}

inline std::vector<Message> full_messages(Version version, MessageType type) {
  std::vector<Message> out;
  for (auto& body : full_bodies(type)) out.push_back({full_header(version, type), std::move(body)});
  return out;
}

}  // namespace ff::backend_interfaces::test
