#include "actors/network_server/shard/address_index.hpp"

#include <algorithm>

#include "protocol/phy/f_cnt.hpp"
#include "protocol/phy/mic.hpp"

namespace ff::network_server {
namespace {

/// A device that has lost no more frames than this is tried in the first round.
constexpr std::uint16_t near_distance = 64;

/// How far the counter on air is ahead of the session's, modulo 2^16; 0 for a repetition.
std::uint16_t distance(const IndexedSession& session, FCnt16 seen) noexcept {
  return static_cast<std::uint16_t>(seen.value() - low_half(session.last_f_cnt_up).value());
}

/// Candidates that can not have sent the frame, whatever their key. [spec network-server §3.3]
bool is_excluded(const IndexedSession& session, const phy::DataFrameView& frame) noexcept {
  if (session.pending) return frame.f_ctrl.ack;
  const bool behind = frame.f_cnt < low_half(session.last_f_cnt_up);
  return behind && !session.supports_32_bit_f_cnt && !session.resets_f_cnt;
}

phy::UplinkMic mic_kind(const IndexedSession& session) noexcept {
  return at_least(session.mac_version, MacVersion::v1_1) ? phy::UplinkMic::second_half
                                                         : phy::UplinkMic::whole;
}

bool is_entry_of(const IndexedSession& session, const DeviceUid& device, bool pending) {
  return session.pending == pending && *session.device == device;
}

}  // namespace

bool AddressIndex::set(DevAddr dev_addr, IndexedSession session) {
  auto& sessions = sessions_[dev_addr];
  for (auto& existing : sessions) {
    if (!is_entry_of(existing, *session.device, session.pending)) continue;
    existing = std::move(session);
    return true;
  }
  if (sessions.size() >= per_address_max_) return false;
  sessions.push_back(std::move(session));
  ++size_;
  return true;
}

bool AddressIndex::erase(DevAddr dev_addr, const DeviceUid& device, bool pending) {
  auto found = sessions_.find(dev_addr);
  if (found == sessions_.end()) return false;
  const auto erased = std::erase_if(found->second, [&](const IndexedSession& session) {
    return is_entry_of(session, device, pending);
  });
  if (found->second.empty()) sessions_.erase(found);
  size_ -= erased;
  return erased > 0;
}

std::span<const IndexedSession> AddressIndex::sessions(DevAddr dev_addr) const noexcept {
  auto found = sessions_.find(dev_addr);
  if (found == sessions_.end()) return {};
  return found->second;
}

bool AddressIndex::run_attempts(const phy::DataFrameView& frame, const Sessions& sessions) {
  candidates_.clear();
  for (const auto& attempt : attempts_) {
    const auto& session = sessions[attempt.session];
    candidates_.push_back(phy::uplink_candidate(session.f_nwk_s_int_key, attempt.f_cnt, frame.mic,
                                                mic_kind(session)));
  }
  std::span<const crypto::Candidate<Aes128Key>> left(candidates_);
  while (!left.empty()) {
    const auto hit = phy::match_uplink(left, frame);
    cost_.mics += hit ? *hit + 1 : left.size();
    if (!hit) return false;
    const auto attempt = attempts_[attempts_.size() - left.size() + *hit];
    left = left.subspan(*hit + 1);
    const bool certain = mic_kind(sessions[attempt.session]) == phy::UplinkMic::whole;
    if (certain) hits_.clear();
    hits_.push_back(attempt);
    if (certain) return true;
  }
  return false;
}

std::optional<AddressMatch> AddressIndex::match(const phy::DataFrameView& frame) {
  cost_ = {};
  hits_.clear();
  auto found = sessions_.find(frame.dev_addr);
  if (found == sessions_.end()) return std::nullopt;
  auto& sessions = found->second;
  cost_.candidates = sessions.size();

  // Three rounds: sessions close to the counter on air, the others, then those that may have
  // started from zero again.
  enum Round { near, far, reset };
  for (auto round : {near, far, reset}) {
    attempts_.clear();
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      const auto& session = sessions[i];
      if (is_excluded(session, frame)) continue;
      const auto full =
          phy::extend(session.last_f_cnt_up, frame.f_cnt, session.supports_32_bit_f_cnt);
      if (round == reset) {
        const FCnt32 restarted{frame.f_cnt.value()};
        const bool may_reset = session.resets_f_cnt && !session.pending && !frame.f_ctrl.ack;
        if (may_reset && full != restarted) attempts_.push_back({i, restarted});
      } else if ((distance(session, frame.f_cnt) < near_distance) == (round == near)) {
        attempts_.push_back({i, full});
      }
    }
    if (run_attempts(frame, sessions)) {
      sessions[hits_.front().session].last_f_cnt_up = hits_.front().f_cnt;
      break;
    }
  }
  if (hits_.empty()) return std::nullopt;
  const auto match_of = [&](const Attempt& hit) {
    const auto& session = sessions[hit.session];
    return AddressMatch{session.device, hit.f_cnt, session.pending, {}};
  };
  auto match = match_of(hits_.front());
  for (std::size_t i = 1; i < hits_.size(); ++i) match.others.push_back(match_of(hits_[i]));
  return match;
}

}  // namespace ff::network_server
