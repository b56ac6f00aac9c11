#include "protocol/phy/frame_encoder.hpp"

namespace ff::phy {
namespace {

constexpr std::uint32_t net_id_max = 0xffffff;

tl::unexpected<Error> too_long(const char* field, std::size_t size, std::size_t max) {
  return fail(encoded_field_length_bound,
              {{"lorawan_field", field}, {"value", size}, {"min", 0}, {"max", max}});
}

Status check(const DataFrame& frame) {
  if (!is_data(frame.m_type)) {
    return fail(unknown_field, {{"lorawan_field", "MType"}, {"value", to_string(frame.m_type)}});
  }
  if (frame.f_opts.size() > f_opts_size_max)
    return too_long("FOpts", frame.f_opts.size(), f_opts_size_max);
  if (!frame.f_port && !frame.frm_payload.empty())
    return fail(encode, {{"lorawan_field", "FRMPayload"}});
  const auto size =
      data_frame_size_min + frame.f_opts.size() + (frame.f_port ? 1 : 0) + frame.frm_payload.size();
  if (size > phy_payload_size_max) return too_long("PHYPayload", size, phy_payload_size_max);
  return {};
}

}  // namespace

Result<Bytes> encode_unsigned(const DataFrame& frame) {
  FF_CHECK(check(frame));
  Bytes out;
  out.reserve(data_frame_size_min + frame.f_opts.size() + 1 + frame.frm_payload.size());
  out.push_back(encode_mhdr({frame.m_type, 0}));
  append_le<4>(out, frame.dev_addr.value());
  out.push_back(encode_f_ctrl(frame.f_ctrl, direction_of(frame.m_type), frame.f_opts.size()));
  append_le<2>(out, frame.f_cnt.value());
  append(out, frame.f_opts);
  if (frame.f_port) {
    out.push_back(frame.f_port->value());
    append(out, frame.frm_payload);
  }
  return out;
}

Bytes encode_unsigned(const JoinRequest& request) {
  Bytes out;
  out.reserve(join_request_size);
  out.push_back(encode_mhdr({MType::join_request, 0}));
  append_le<8>(out, request.join_eui.value());
  append_le<8>(out, request.dev_eui.value());
  append_le<2>(out, request.dev_nonce.value());
  return out;
}

Result<Bytes> encode_unsigned(const RejoinRequest& request) {
  if (request.net_id.value() > net_id_max) {
    return fail(
        field_with_max,
        {{"lorawan_field", "NetID"}, {"value", request.net_id.value()}, {"max", net_id_max}});
  }
  Bytes out{encode_mhdr({MType::rejoin_request, 0}), static_cast<std::uint8_t>(request.type)};
  if (request.type == RejoinType::full_context) {
    append_le<8>(out, request.join_eui.value());
  } else {
    append_le<3>(out, request.net_id.value());
  }
  append_le<8>(out, request.dev_eui.value());
  append_le<2>(out, request.rejoin_count);
  return out;
}

void append_mic(Bytes& frame, Mic mic) {
  append_le<4>(frame, mic.value());
}

Result<Bytes> encode_proprietary(ByteView payload) {
  if (payload.size() >= phy_payload_size_max) {
    return too_long("MACPayload", payload.size(), phy_payload_size_max - 1);
  }
  Bytes out{encode_mhdr({MType::proprietary, 0})};
  append(out, payload);
  return out;
}

}  // namespace ff::phy
