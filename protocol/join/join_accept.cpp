#include "protocol/join/join_accept.hpp"

#include "protocol/join/session_keys.hpp"
#include "protocol/phy/frame_encoder.hpp"
#include "protocol/phy/mic.hpp"

namespace ff::join {
namespace {

constexpr std::size_t fields_size = 12;
constexpr std::size_t dl_settings_offset = 10;
constexpr std::uint32_t max_24_bit = 0xffffff;
constexpr std::uint8_t opt_neg_bit = 0x80;

Status check_max(const char* field, std::uint32_t value, std::uint32_t max) {
  if (value <= max) return {};
  return fail(phy::field_with_max, {{"lorawan_field", field}, {"value", value}, {"max", max}});
}

Result<phy::Mic> mic_of(ByteView message, const JoinAcceptKeys& keys,
                        const phy::JoinAcceptContext& context) {
  const bool opt_neg = (message[1 + dl_settings_offset] & opt_neg_bit) != 0;
  return opt_neg ? phy::join_accept_mic_1_1(keys.js_int_key, context, message)
                 : phy::join_accept_mic_1_0(keys.root, message);
}

const Aes128Key& encryption_key(const JoinAcceptKeys& keys,
                                const phy::JoinAcceptContext& context) noexcept {
  return context.request_type == phy::JoinReqType::join_request ? keys.root : keys.js_enc_key;
}

Status check_fields_size(ByteView fields) {
  if (fields.size() == fields_size || fields.size() == fields_size + cf_list_size) return {};
  return fail(phy::field_length_with_multiple_choices,
              {{"lorawan_field", "JoinAcceptPayload"},
               {"value", fields.size()},
               {"expected_1", fields_size},
               {"expected_2", fields_size + cf_list_size}});
}

tl::unexpected<Error> undecodable(Error cause) {
  return fail(Error(decode_payload).caused_by(std::move(cause)));
}

}  // namespace

DlSettings decode_dl_settings(std::uint8_t byte) noexcept {
  return {(byte & opt_neg_bit) != 0, DataRateOffset{static_cast<std::uint8_t>(byte >> 4 & 7)},
          DataRateIndex{static_cast<std::uint8_t>(byte & 15)}};
}

Result<std::uint8_t> encode_dl_settings(const DlSettings& settings) {
  FF_CHECK(check_max("Rx1DROffset", settings.rx1_dr_offset.value(), 7));
  FF_CHECK(check_max("Rx2DR", settings.rx2_dr.value(), 15));
  return static_cast<std::uint8_t>((settings.opt_neg ? opt_neg_bit : 0) |
                                   settings.rx1_dr_offset.value() << 4 | settings.rx2_dr.value());
}

Result<Bytes> encode_join_accept(const JoinAccept& accept, std::uint32_t step_hz) {
  FF_CHECK(check_max("JoinNonce", accept.join_nonce.value(), max_24_bit));
  FF_CHECK(check_max("NetID", accept.net_id.value(), max_24_bit));
  FF_TRY(const auto dl_settings, encode_dl_settings(accept.dl_settings));
  Bytes out;
  out.reserve(fields_size + cf_list_size);
  append_le<3>(out, accept.join_nonce.value());
  append_le<3>(out, accept.net_id.value());
  append_le<4>(out, accept.dev_addr.value());
  out.push_back(dl_settings);
  out.push_back(accept.rx_delay);
  if (accept.cf_list) {
    FF_TRY(const auto cf_list, encode_cf_list(*accept.cf_list, step_hz));
    append(out, cf_list);
  }
  return out;
}

Result<JoinAccept> decode_join_accept(ByteView fields, std::uint32_t step_hz) {
  FF_CHECK(check_fields_size(fields));
  JoinAccept accept;
  accept.join_nonce = JoinNonce{static_cast<std::uint32_t>(read_le<3>(fields))};
  accept.net_id = NetId{static_cast<std::uint32_t>(read_le<3>(fields.subspan(3)))};
  accept.dev_addr = DevAddr{static_cast<std::uint32_t>(read_le<4>(fields.subspan(6)))};
  accept.dl_settings = decode_dl_settings(fields[dl_settings_offset]);
  accept.rx_delay = fields[dl_settings_offset + 1];
  if (fields.size() > fields_size) {
    FF_TRY(accept.cf_list, decode_cf_list(fields.subspan(fields_size), step_hz));
  }
  return accept;
}

JoinAcceptKeys join_accept_keys(const Aes128Key& root_key, DevEui dev_eui) noexcept {
  return {root_key, derive_js_int_key(root_key, dev_eui), derive_js_enc_key(root_key, dev_eui)};
}

Result<Bytes> seal_join_accept(ByteView fields, const JoinAcceptKeys& keys,
                               const phy::JoinAcceptContext& context) {
  FF_CHECK(check_fields_size(fields));
  Bytes message{phy::encode_mhdr({phy::MType::join_accept, 0})};
  append(message, fields);
  FF_TRY(const auto mic, mic_of(message, keys, context));
  phy::append_mic(message, mic);
  FF_TRY(const auto encrypted,
         phy::encrypt_join_accept(encryption_key(keys, context), ByteView(message).subspan(1)));
  Bytes frame{message[0]};
  append(frame, encrypted);
  return frame;
}

Result<JoinAccept> open_join_accept(ByteView frame, const JoinAcceptKeys& keys,
                                    const phy::JoinAcceptContext& context, std::uint32_t step_hz) {
  auto decoded = phy::decode_frame(frame);
  if (!decoded) return undecodable(std::move(decoded).error());
  const auto* view = std::get_if<phy::JoinAcceptView>(&decoded->body);
  if (view == nullptr) return fail(payload_type, {{"type", phy::to_string(decoded->mhdr.m_type)}});
  FF_TRY(const auto payload,
         phy::decrypt_join_accept(encryption_key(keys, context), view->encrypted));
  Bytes message{frame[0]};
  append(message, ByteView(payload).first(payload.size() - phy::mic_size));
  FF_TRY(const auto mic, mic_of(message, keys, context));
  if (mic.value() != read_le<phy::mic_size>(ByteView(payload).last(phy::mic_size)))
    return fail(mic_mismatch);
  return decode_join_accept(ByteView(message).subspan(1), step_hz);
}

Bytes seal_join_request(const phy::JoinRequest& request, const Aes128Key& root_key) {
  auto frame = phy::encode_unsigned(request);
  phy::append_mic(frame, phy::join_request_mic(root_key, frame).value());
  return frame;
}

Result<Bytes> seal_rejoin_request(const phy::RejoinRequest& request, const Aes128Key& key) {
  FF_TRY(auto frame, phy::encode_unsigned(request));
  FF_TRY(const auto mic, phy::rejoin_request_mic(key, frame));
  phy::append_mic(frame, mic);
  return frame;
}

namespace {

template <class View>
Result<View> parse_request(ByteView frame) {
  auto decoded = phy::decode_frame(frame);
  if (!decoded) return undecodable(std::move(decoded).error());
  const auto mhdr = decoded->mhdr;
  if (mhdr.major != 0) return fail(lorawan_major_version, {{"major", mhdr.major}});
  const auto* view = std::get_if<View>(&decoded->body);
  if (view == nullptr) return fail(payload_type, {{"type", phy::to_string(mhdr.m_type)}});
  if (view->request.dev_eui == DevEui{0}) return fail(no_dev_eui);
  return *view;
}

}  // namespace

Result<phy::JoinRequestView> parse_join_request(ByteView frame) {
  return parse_request<phy::JoinRequestView>(frame);
}

Result<phy::RejoinRequestView> parse_rejoin_request(ByteView frame) {
  return parse_request<phy::RejoinRequestView>(frame);
}

Status check_rejoin_request_mic(const phy::RejoinRequestView& request, const Aes128Key& key) {
  FF_TRY(const auto mic, phy::rejoin_request_mic(key, request.signed_part));
  if (mic != request.mic) return fail(mic_mismatch);
  return {};
}

phy::JoinReqType join_req_type(phy::RejoinType type) noexcept {
  switch (type) {
    case phy::RejoinType::restore:
      return phy::JoinReqType::rejoin_restore;
    case phy::RejoinType::full_context:
      return phy::JoinReqType::rejoin_full_context;
    case phy::RejoinType::rekey:
      return phy::JoinReqType::rejoin_rekey;
  }
  return phy::JoinReqType::join_request;
}

Status check_join_request_mic(const phy::JoinRequestView& request, const Aes128Key& root_key) {
  FF_TRY(const auto mic, phy::join_request_mic(root_key, request.signed_part));
  if (mic != request.mic) return fail(mic_mismatch);
  return {};
}

}  // namespace ff::join
