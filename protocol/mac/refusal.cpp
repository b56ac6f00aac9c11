#include "protocol/mac/refusal.hpp"

#include "protocol/mac/command/codec.hpp"

namespace ff::mac {
namespace {

/// A device with 96 channels can refuse as many requests; more than that only if settings change
/// all the time.
constexpr std::size_t refused_requests_max = 96;

Bytes octets(std::span<const Command> request, const region::Region& region) {
  return encode(request, WireFormat{region.frequency_step_hz}).value_or(Bytes{});
}

}  // namespace

bool note_refusal(Rejected& rejected, std::span<const Command> request,
                  const region::Region& region) {
  if (request.empty()) return false;
  Bytes bytes = octets(request, region);
  auto& requests = rejected.requests;
  const auto known = std::ranges::find(requests, bytes, &RefusedRequest::request);
  if (known != requests.end()) {
    if (known->count >= refusals_max) return false;
    return ++known->count == refusals_max;
  }
  if (requests.size() >= refused_requests_max) requests.erase(requests.begin());
  requests.push_back({cid_of(request.front()), std::move(bytes), 1});
  return refusals_max == 1;
}

bool is_refused(const Rejected& rejected, std::span<const Command> request,
                const region::Region& region) {
  if (request.empty() || rejected.requests.empty()) return false;
  const auto known =
      std::ranges::find(rejected.requests, octets(request, region), &RefusedRequest::request);
  return known != rejected.requests.end() && known->count >= refusals_max;
}

void forget_refusal(Rejected& rejected, std::span<const Command> request,
                    const region::Region& region) {
  if (rejected.requests.empty()) return;
  const Bytes bytes = octets(request, region);
  std::erase_if(rejected.requests, [&](const RefusedRequest& r) { return r.request == bytes; });
}

void forget_refusals(Rejected& rejected, Cid cid) {
  std::erase_if(rejected.requests, [cid](const RefusedRequest& r) { return r.cid == cid; });
}

bool note_unanswered(MacState& state, Cid cid, FCnt32 f_cnt) {
  auto known = std::ranges::find(state.unanswered, cid, &UnansweredRequest::cid);
  if (known == state.unanswered.end())
    known = state.unanswered.insert(known, UnansweredRequest{cid, 0, {}});
  const bool was_last = known->count == unanswered_max;
  if (!was_last) ++known->count;
  const auto uplinks_skipped = (std::uint32_t{1} << (known->count - 1U)) - 1;
  known->again_at = FCnt32{f_cnt.value() + uplinks_skipped};
  return !was_last && known->count == unanswered_max;
}

void forget_unanswered(MacState& state, Cid cid) {
  std::erase_if(state.unanswered, [cid](const UnansweredRequest& r) { return r.cid == cid; });
}

bool may_ask(const MacState& state, Cid cid, FCnt32 f_cnt) {
  const auto known = std::ranges::find(state.unanswered, cid, &UnansweredRequest::cid);
  return known == state.unanswered.end() || known->again_at <= f_cnt;
}

}  // namespace ff::mac
