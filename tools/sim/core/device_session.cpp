#include "tools/sim/core/device_session.hpp"

#include <algorithm>
#include <array>

#include "protocol/phy/f_cnt.hpp"

namespace ff::sim {
namespace {

constexpr std::array<std::string_view, violation_count> names{
    "f_cnt_down_repeated", "f_cnt_down_reused", "join_nonce_reused", "mac_command_malformed"};
constexpr std::uint32_t roll_over = 0x1'0000;

bool is_1_1(MacVersion version) noexcept {
  return at_least(version, MacVersion::v1_1);
}

bool is_application(std::optional<FPort> f_port) noexcept {
  return f_port && f_port->value() != 0;
}

}  // namespace

std::string_view to_string(Violation violation) noexcept {
  return names[static_cast<std::size_t>(violation)];
}

DownlinkCounter::Guesses DownlinkCounter::guess(FCnt16 seen) const noexcept {
  if (!last_) return {FCnt32{seen.value()}, std::nullopt};
  const auto forward = phy::extend(*last_, seen, true);
  if (forward.value() < roll_over) return {forward, std::nullopt};
  return {forward, FCnt32{forward.value() - roll_over}};
}

std::optional<Violation> DownlinkCounter::note(FCnt32 f_cnt, ByteView phy_payload) {
  if (!last_ || f_cnt > *last_) {
    last_ = f_cnt;
    last_frame_.assign(phy_payload.begin(), phy_payload.end());
    return std::nullopt;
  }
  return std::ranges::equal(last_frame_, phy_payload) ? Violation::f_cnt_down_repeated
                                                      : Violation::f_cnt_down_reused;
}

const Aes128Key& Session::payload_key(FPort f_port) const noexcept {
  return f_port == relay_port ? keys_.network.nwk_s_enc_key : keys_.app_s_key;
}

FCnt32 Session::take_f_cnt(FPort f_port, MutableByteView payload) noexcept {
  const FCnt32 f_cnt{next_f_cnt_++};
  phy::crypt_frm_payload(payload_key(f_port), {phy::Direction::up, dev_addr_, f_cnt}, payload);
  conf_f_cnt_ = unacknowledged_ ? low_half(*unacknowledged_).value() : std::uint16_t{0};
  return f_cnt;
}

void Session::acknowledged() noexcept {
  unacknowledged_.reset();
}

Result<Bytes> Session::seal(const phy::DataFrame& frame,
                            phy::UplinkTransmission transmission) const {
  transmission.conf_f_cnt = conf_f_cnt_;
  return phy::seal_frame(frame, keys_.network,
                         {mac_version_, FCnt32{next_f_cnt_ - 1}, transmission});
}

std::optional<phy::DataFrame> Session::open_with(const phy::DataFrameView& frame,
                                                 FCnt32 f_cnt) const {
  phy::SealContext context{mac_version_, f_cnt, {}};
  if (next_f_cnt_ > 0) context.transmission.conf_f_cnt = low_half(FCnt32{next_f_cnt_ - 1}).value();
  auto opened = phy::open_frame(frame, keys_.network, context);
  if (opened && is_application(opened->f_port)) {
    phy::crypt_frm_payload(payload_key(*opened->f_port), {phy::Direction::down, dev_addr_, f_cnt},
                           opened->frm_payload);
  }
  return opened;
}

std::optional<Session::Opened> Session::open(const phy::DataFrameView& frame,
                                             ByteView phy_payload) {
  if (frame.dev_addr != dev_addr_) return std::nullopt;
  const bool application = is_1_1(mac_version_) && is_application(frame.f_port);
  auto& counter = application ? application_counter_ : network_counter_;
  const auto guesses = counter.guess(frame.f_cnt);
  auto f_cnt = guesses.forward;
  auto opened = open_with(frame, f_cnt);
  if (!opened && guesses.backward) {
    f_cnt = *guesses.backward;
    opened = open_with(frame, f_cnt);
  }
  if (!opened) return std::nullopt;
  return Opened{*std::move(opened), f_cnt, counter.note(f_cnt, phy_payload)};
}

}  // namespace ff::sim
