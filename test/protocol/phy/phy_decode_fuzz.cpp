// Any bytes as a PHYPayload: decoding never fails badly, views stay inside, and what decodes
// encodes to the same.
#include <tuple>

#include "protocol/base/assert.hpp"
#include "protocol/phy/frame_encoder.hpp"
#include "protocol/phy/frame_view.hpp"
#include "protocol/phy/seal.hpp"

namespace {

using namespace ff;

void check_inside(ByteView part, ByteView whole) {
  FF_ASSERT(part.empty() || (part.data() >= whole.data() &&
                             part.data() + part.size() <= whole.data() + whole.size()));
}

void check_data(const phy::DataFrameView& view, ByteView bytes) {
  check_inside(view.f_opts, bytes);
  check_inside(view.frm_payload, bytes);
  check_inside(view.signed_part, bytes);
  const phy::DataFrame frame{view.m_type,
                             view.dev_addr,
                             view.f_ctrl,
                             view.f_cnt,
                             to_owned(view.f_opts),
                             view.f_port,
                             to_owned(view.frm_payload)};
  auto encoded = phy::encode_unsigned(frame).value();
  phy::append_mic(encoded, view.mic);
  FF_ASSERT(encoded.size() == bytes.size());
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    // Reserved bits are not kept: those of MHDR, and bit 6 of a downlink's FCtrl.
    const auto mask =
        i == 5 && phy::direction_of(view.m_type) == phy::Direction::down ? 0xbf : 0xff;
    FF_ASSERT(encoded[i] == (bytes[i] & mask));
  }
  const phy::NetworkSessionKeys keys;
  for (const auto version : {MacVersion::v1_0_3, MacVersion::v1_1}) {
    std::ignore = phy::open_frame(view, keys, {version, FCnt32{view.f_cnt.value()}, {}});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const auto frame = phy::decode_frame(bytes);
  if (!frame) return 0;
  std::ignore = phy::uplink_identifiers(*frame);
  if (const auto* view = std::get_if<phy::DataFrameView>(&frame->body)) check_data(*view, bytes);
  if (const auto* view = std::get_if<phy::ProprietaryView>(&frame->body))
    check_inside(view->payload, bytes);
  return 0;
}
