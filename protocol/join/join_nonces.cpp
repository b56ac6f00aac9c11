#include "protocol/join/join_nonces.hpp"

#include <algorithm>

namespace ff::join {
namespace {

/// Whether a join of any version has used it: the frame is the same in all.
bool is_used(const DevNonceHistory& history, DevNonce dev_nonce) {
  const auto& used = history.used_dev_nonces;
  const bool counted = history.last_dev_nonce != DevNonce{0} && dev_nonce == history.last_dev_nonce;
  return counted || std::find(used.begin(), used.end(), dev_nonce) != used.end();
}

Status check_fresh(const DevNonceHistory& history, DevNonce dev_nonce, bool counts) {
  const bool never_joined =
      history.last_dev_nonce == DevNonce{0} && history.last_join_nonce == JoinNonce{0};
  const bool first = never_joined && dev_nonce == DevNonce{0};
  if (counts && !first && dev_nonce <= history.last_dev_nonce) return fail(dev_nonce_too_small);
  if (is_used(history, dev_nonce)) return fail(reuse_dev_nonce);
  return {};
}

void remember(std::vector<DevNonce>& used, DevNonce dev_nonce, std::size_t limit) {
  std::erase(used, dev_nonce);
  used.push_back(dev_nonce);
  limit = std::max<std::size_t>(limit, 1);
  if (used.size() > limit)
    used.erase(used.begin(), used.end() - static_cast<std::ptrdiff_t>(limit));
}

Status use_join_nonce(DevNonceHistory& history) {
  if (history.last_join_nonce.value() >= join_nonce_max) return fail(join_nonce_too_high);
  history.last_join_nonce = JoinNonce{history.last_join_nonce.value() + 1};
  return {};
}

}  // namespace

Result<DevNonceHistory> next_nonces(const DevNonceHistory& history, DevNonce dev_nonce,
                                    const NonceRules& rules) {
  const bool counts = at_least(rules.mac_version, MacVersion::v1_0_4);
  if (!rules.resets_join_nonces) FF_CHECK(check_fresh(history, dev_nonce, counts));
  auto next = history;
  if (counts) next.last_dev_nonce = dev_nonce;
  remember(next.used_dev_nonces, dev_nonce, rules.dev_nonce_limit);
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
