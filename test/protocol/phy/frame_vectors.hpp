// Frames of the reference vectors as values of protocol/phy.
#pragma once

#include <stdexcept>
#include <string>

#include "protocol/phy/frame.hpp"
#include "protocol/phy/frame_view.hpp"
#include "test/support/lorawan_vectors.hpp"

namespace ff::phy::test {

inline MType m_type_at(const boost::json::value& frame) {
  const std::string_view name = frame.at("mtype").as_string();
  for (unsigned i = 0; i < 8; ++i) {
    if (name == to_string(static_cast<MType>(i))) return static_cast<MType>(i);
  }
  throw std::runtime_error("unknown mtype");
}

inline FCtrl f_ctrl_of(const boost::json::value& f_ctrl) {
  return {.adr = ff::test::flag_at(f_ctrl, "adr"),
          .adr_ack_req = ff::test::flag_at(f_ctrl, "adr_ack_req"),
          .ack = ff::test::flag_at(f_ctrl, "ack"),
          .class_b = ff::test::flag_at(f_ctrl, "class_b"),
          .f_pending = ff::test::flag_at(f_ctrl, "f_pending")};
}

/// `fhdr`, `fport`, `frm_payload` of a vector's frame.
inline DataFrame data_frame_of(const boost::json::value& frame) {
  const auto& f_hdr = frame.at("fhdr");
  DataFrame data;
  data.m_type = m_type_at(frame);
  data.dev_addr = DevAddr{static_cast<std::uint32_t>(ff::test::number_at(f_hdr, "dev_addr"))};
  data.f_ctrl = f_ctrl_of(f_hdr.at("fctrl"));
  data.f_cnt = FCnt16{static_cast<std::uint16_t>(ff::test::integer_at(f_hdr, "fcnt"))};
  data.f_opts = ff::test::bytes_at(f_hdr, "fopts");
  if (!frame.at("fport").is_null()) {
    data.f_port = FPort{static_cast<std::uint8_t>(ff::test::integer_at(frame, "fport"))};
  }
  data.frm_payload = ff::test::bytes_at(frame, "frm_payload");
  return data;
}

inline RejoinRequest rejoin_of(const boost::json::value& frame) {
  RejoinRequest request;
  request.type = static_cast<RejoinType>(ff::test::integer_at(frame, "rejoin_type"));
  if (request.type == RejoinType::full_context) {
    request.join_eui = JoinEui{ff::test::number_at(frame, "join_eui")};
  } else {
    request.net_id = NetId{static_cast<std::uint32_t>(ff::test::number_at(frame, "net_id"))};
  }
  request.dev_eui = DevEui{ff::test::number_at(frame, "dev_eui")};
  request.rejoin_count = static_cast<std::uint16_t>(ff::test::integer_at(frame, "rejoin_count"));
  return request;
}

/// Four bytes in air order.
inline Mic mic_at(const boost::json::value& object) {
  return Mic{static_cast<std::uint32_t>(read_le<4>(ff::test::bytes_at(object, "mic")))};
}

inline DataFrame owned(const DataFrameView& view) {
  return {.m_type = view.m_type,
          .dev_addr = view.dev_addr,
          .f_ctrl = view.f_ctrl,
          .f_cnt = view.f_cnt,
          .f_opts = to_owned(view.f_opts),
          .f_port = view.f_port,
          .frm_payload = to_owned(view.frm_payload)};
}

}  // namespace ff::phy::test
