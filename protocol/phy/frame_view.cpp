#include "protocol/phy/frame_view.hpp"

#include <algorithm>

namespace ff::phy {
namespace {

constexpr std::size_t mhdr_size = 1;
constexpr std::size_t f_hdr_size_min = 7;
constexpr std::size_t rejoin_size_0_2 = 19;
constexpr std::size_t rejoin_size_1 = 24;

Mic mic_of(ByteView phy_payload) noexcept {
  return Mic{static_cast<std::uint32_t>(read_le<4>(phy_payload.last(mic_size)))};
}
ByteView signed_part_of(ByteView phy_payload) noexcept {
  return phy_payload.first(phy_payload.size() - mic_size);
}

Result<DataFrameView> decode_data(MType m_type, ByteView phy_payload) {
  if (phy_payload.size() < data_frame_size_min) {
    return fail(field_length_with_min, {{"lorawan_field", "PHYPayload"},
                                        {"value", phy_payload.size()},
                                        {"min", data_frame_size_min}});
  }
  DataFrameView frame;
  frame.m_type = m_type;
  frame.signed_part = signed_part_of(phy_payload);
  frame.mic = mic_of(phy_payload);
  const auto f_hdr = frame.signed_part.subspan(mhdr_size);
  frame.dev_addr = DevAddr{static_cast<std::uint32_t>(read_le<4>(f_hdr))};
  frame.f_ctrl = decode_f_ctrl(f_hdr[4], direction_of(m_type));
  frame.f_cnt = FCnt16{static_cast<std::uint16_t>(read_le<2>(f_hdr.subspan(5)))};
  const std::size_t f_opts_size = f_hdr[4] & 0x0fU;
  auto rest = f_hdr.subspan(f_hdr_size_min);
  if (rest.size() < f_opts_size) {
    return fail(field_length_with_min,
                {{"lorawan_field", "FOpts"}, {"value", rest.size()}, {"min", f_opts_size}});
  }
  frame.f_opts = rest.first(f_opts_size);
  rest = rest.subspan(f_opts_size);
  if (!rest.empty()) {
    frame.f_port = FPort{rest[0]};
    frame.frm_payload = rest.subspan(1);
  }
  return frame;
}

Result<JoinRequestView> decode_join_request(ByteView phy_payload) {
  if (phy_payload.size() != join_request_size) {
    return fail(field_length_equal, {{"lorawan_field", "JoinRequest"},
                                     {"value", phy_payload.size()},
                                     {"expected", join_request_size}});
  }
  JoinRequestView frame;
  frame.request = {JoinEui{read_le<8>(phy_payload.subspan(1))},
                   DevEui{read_le<8>(phy_payload.subspan(9))},
                   DevNonce{static_cast<std::uint16_t>(read_le<2>(phy_payload.subspan(17)))}};
  frame.signed_part = signed_part_of(phy_payload);
  frame.mic = mic_of(phy_payload);
  return frame;
}

Status check_rejoin_size(ByteView phy_payload) {
  if (phy_payload.size() < mhdr_size + 1) {
    return fail(field_length_with_multiple_choices, {{"lorawan_field", "RejoinRequest"},
                                                     {"value", phy_payload.size()},
                                                     {"expected_1", rejoin_size_0_2},
                                                     {"expected_2", rejoin_size_1}});
  }
  const auto type = phy_payload[1];
  if (type > 2) return fail(unknown_field, {{"lorawan_field", "RejoinType"}, {"value", type}});
  const auto expected = type == 1 ? rejoin_size_1 : rejoin_size_0_2;
  if (phy_payload.size() != expected) {
    return fail(field_length_equal, {{"lorawan_field", "RejoinRequest"},
                                     {"value", phy_payload.size()},
                                     {"expected", expected}});
  }
  return {};
}

Result<RejoinRequestView> decode_rejoin_request(ByteView phy_payload) {
  FF_CHECK(check_rejoin_size(phy_payload));
  RejoinRequestView frame;
  auto& request = frame.request;
  request.type = static_cast<RejoinType>(phy_payload[1]);
  auto rest = phy_payload.subspan(2);
  if (request.type == RejoinType::full_context) {
    request.join_eui = JoinEui{read_le<8>(rest)};
    rest = rest.subspan(8);
  } else {
    request.net_id = NetId{static_cast<std::uint32_t>(read_le<3>(rest))};
    rest = rest.subspan(3);
  }
  request.dev_eui = DevEui{read_le<8>(rest)};
  request.rejoin_count = static_cast<std::uint16_t>(read_le<2>(rest.subspan(8)));
  frame.signed_part = signed_part_of(phy_payload);
  frame.mic = mic_of(phy_payload);
  return frame;
}

Result<JoinAcceptView> decode_join_accept(ByteView phy_payload) {
  if (phy_payload.size() != join_accept_size_short && phy_payload.size() != join_accept_size_long) {
    return fail(encrypted_join_accept_length, {{"value", phy_payload.size() - mhdr_size}});
  }
  return JoinAcceptView{phy_payload.subspan(mhdr_size)};
}

Result<FrameBody> decode_body(MType m_type, ByteView phy_payload) {
  switch (m_type) {
    case MType::join_request: {
      FF_TRY(auto body, decode_join_request(phy_payload));
      return body;
    }
    case MType::join_accept: {
      FF_TRY(auto body, decode_join_accept(phy_payload));
      return body;
    }
    case MType::rejoin_request: {
      FF_TRY(auto body, decode_rejoin_request(phy_payload));
      return body;
    }
    case MType::proprietary:
      return ProprietaryView{phy_payload.subspan(mhdr_size)};
    case MType::unconfirmed_up:
    case MType::unconfirmed_down:
    case MType::confirmed_up:
    case MType::confirmed_down:
      break;
  }
  FF_TRY(auto body, decode_data(m_type, phy_payload));
  return body;
}

Status check_size(ByteView phy_payload) {
  if (phy_payload.empty()) {
    return fail(field_length_with_min,
                {{"lorawan_field", "PHYPayload"}, {"value", 0}, {"min", mhdr_size}});
  }
  if (phy_payload.size() > phy_payload_size_max) {
    return fail(field_length_with_max, {{"lorawan_field", "PHYPayload"},
                                        {"value", phy_payload.size()},
                                        {"max", phy_payload_size_max}});
  }
  return {};
}

}  // namespace

Result<FrameView> decode_frame(ByteView phy_payload) {
  FF_CHECK(check_size(phy_payload));
  const auto mhdr = decode_mhdr(phy_payload[0]);
  FF_TRY(auto body, decode_body(mhdr.m_type, phy_payload));
  return FrameView{mhdr, body};
}

Result<DataFrameView> decode_data_frame(ByteView phy_payload) {
  FF_CHECK(check_size(phy_payload));
  const auto m_type = decode_mhdr(phy_payload[0]).m_type;
  if (!is_data(m_type))
    return fail(unknown_field, {{"lorawan_field", "MType"}, {"value", to_string(m_type)}});
  return decode_data(m_type, phy_payload);
}

UplinkIdentifiers uplink_identifiers(const FrameView& frame) noexcept {
  if (const auto* data = std::get_if<DataFrameView>(&frame.body)) {
    if (direction_of(data->m_type) == Direction::up) return {.dev_addr = data->dev_addr};
  } else if (const auto* join = std::get_if<JoinRequestView>(&frame.body)) {
    return {.join_eui = join->request.join_eui, .dev_eui = join->request.dev_eui};
  } else if (const auto* rejoin = std::get_if<RejoinRequestView>(&frame.body)) {
    if (rejoin->request.type != RejoinType::full_context)
      return {.dev_eui = rejoin->request.dev_eui};
    return {.join_eui = rejoin->request.join_eui, .dev_eui = rejoin->request.dev_eui};
  }
  return {};
}

}  // namespace ff::phy
