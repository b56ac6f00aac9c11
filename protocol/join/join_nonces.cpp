#include "protocol/join/join_nonces.hpp"

#include <algorithm>

namespace ff::join {
namespace {

Status use_counter(DevNonceHistory& history, DevNonce dev_nonce, bool resets) {
  const bool never_joined =
      history.last_dev_nonce == DevNonce{0} && history.last_join_nonce == JoinNonce{0};
  const bool first = never_joined && dev_nonce == DevNonce{0};
  if (!first && !resets && dev_nonce <= history.last_dev_nonce) return fail(dev_nonce_too_small);
  history.last_dev_nonce = dev_nonce;
  return {};
}

Status use_random(DevNonceHistory& history, DevNonce dev_nonce, const NonceRules& rules) {
  auto& used = history.used_dev_nonces;
  const auto found = std::find(used.begin(), used.end(), dev_nonce);
  if (found != used.end()) {
    if (!rules.resets_join_nonces) return fail(reuse_dev_nonce);
    used.erase(found);
  }
  used.push_back(dev_nonce);
  const auto limit = std::max<std::size_t>(rules.dev_nonce_limit, 1);
  if (used.size() > limit)
    used.erase(used.begin(), used.end() - static_cast<std::ptrdiff_t>(limit));
  return {};
}

Status use_join_nonce(DevNonceHistory& history) {
  if (history.last_join_nonce.value() >= join_nonce_max) return fail(join_nonce_too_high);
  history.last_join_nonce = JoinNonce{history.last_join_nonce.value() + 1};
  return {};
}

}  // namespace

Result<DevNonceHistory> next_nonces(const DevNonceHistory& history, DevNonce dev_nonce,
                                    const NonceRules& rules) {
  auto next = history;
  if (at_least(rules.mac_version, MacVersion::v1_0_4)) {
    FF_CHECK(use_counter(next, dev_nonce, rules.resets_join_nonces));
  } else {
    FF_CHECK(use_random(next, dev_nonce, rules));
  }
  FF_CHECK(use_join_nonce(next));
  return next;
}

Result<DevNonceHistory> next_nonces(const DevNonceHistory& history,
                                    const phy::RejoinRequest& request) {
  auto next = history;
  if (request.type == phy::RejoinType::full_context) {
    const auto last = history.last_rj_count_1;
    if (last && request.rejoin_count <= *last) return fail(rj_count_too_small);
    next.last_rj_count_1 = request.rejoin_count;
  }
  FF_CHECK(use_join_nonce(next));
  return next;
}

}  // namespace ff::join
